// Takes off what the columns of a solved panel explain: sum −= P·Pᵀ in the upper triangle of the rows above, a tile
// (tile.wgsl) for each workgroup.
struct Params {
  padded: u32,
  first: u32,
  tiles: u32,
  // 32, as a parameter so that compilers do not unroll the loops.
  size: u32,
  // 16, likewise.
  depth: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> sum: array<f32>;

fn panel(row: u32, column: u32) -> f32 {
  if (row >= params.first) {
    return 0.0;
  }
  return sum[row * params.padded + params.first + column];
}

fn panel4(row: u32, column: u32) -> vec4f {
  return vec4f(panel(row, column), panel(row + 1u, column), panel(row + 2u, column), panel(row + 3u, column));
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = (group.x / params.tiles) * TILE;
  let j = (group.x % params.tiles) * TILE;
  if (i > j) {
    return;
  }
  for (var column = 0u; column < params.size; column += DEPTH) {
    for (var n = local; n < 256u; n += THREADS) {
      left[n] = panel4(i + (n % 16u) * 4u, column + n / 16u);
      right[n] = panel4(j + (n % 16u) * 4u, column + n / 16u);
    }
    workgroupBarrier();
    add_staged(local, params.depth);
    workgroupBarrier();
  }
  for (var n = 0u; n < 16u; n++) {
    let row = i + row_of(local, n);
    let column = j + column_of(local, n);
    // The rows above are whole quads.
    if (row < params.first && column < params.first) {
      for (var c = 0u; c < 4u; c++) {
        sum[row * params.padded + column + c] -= part[n][c];
      }
    }
  }
}
