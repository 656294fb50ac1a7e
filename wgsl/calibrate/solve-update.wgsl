// Takes off from the columns before a solved block what it explains: moved[row][c] −= Σ moved[row][first + m] · R[c][first + m], a
// tile (tile.wgsl) for each workgroup. `factor` is R f32[padded, padded], `moved` f32[padded, padded].
struct Params {
  padded: u32,
  first: u32,
  // Tiles of columns before the block.
  tiles: u32,
  // 32, as a parameter so that compilers do not unroll the loops.
  size: u32,
  // 16, likewise.
  depth: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> factor: array<f32>;
@group(0) @binding(2) var<storage, read_write> moved: array<f32>;

fn solved(row: u32, column: u32) -> f32 {
  if (row >= params.padded) {
    return 0.0;
  }
  return moved[row * params.padded + params.first + column];
}

fn panel(row: u32, column: u32) -> f32 {
  if (row >= params.first) {
    return 0.0;
  }
  return factor[row * params.padded + params.first + column];
}

fn solved4(row: u32, column: u32) -> vec4f {
  return vec4f(solved(row, column), solved(row + 1u, column), solved(row + 2u, column), solved(row + 3u, column));
}

fn panel4(row: u32, column: u32) -> vec4f {
  return vec4f(panel(row, column), panel(row + 1u, column), panel(row + 2u, column), panel(row + 3u, column));
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = (group.x / params.tiles) * TILE;
  let j = (group.x % params.tiles) * TILE;
  for (var column = 0u; column < params.size; column += DEPTH) {
    for (var n = local; n < 256u; n += THREADS) {
      left[n] = solved4(i + (n % 16u) * 4u, column + n / 16u);
      right[n] = panel4(j + (n % 16u) * 4u, column + n / 16u);
    }
    workgroupBarrier();
    add_staged(local, params.depth);
    workgroupBarrier();
  }
  for (var n = 0u; n < 16u; n++) {
    let row = i + row_of(local, n);
    let column = j + column_of(local, n);
    // The columns before are whole quads.
    if (row < params.padded && column < params.first) {
      for (var c = 0u; c < 4u; c++) {
        moved[row * params.padded + column + c] -= part[n][c];
      }
    }
  }
}
