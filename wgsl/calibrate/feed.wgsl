// Carries the errors of columns first … first + size − 1 to all later columns: carried[c][row] += Σ R_jc · carried[j][row], a tile
// (tile.wgsl) for each workgroup. `factor` is R f32[padded, padded], `carried` f32[padded, rows].
struct Params {
  rows: u32,
  padded: u32,
  first: u32,
  // A multiple of 16.
  size: u32,
  // Tiles of rows.
  tiles: u32,
  // 16, as a parameter so that compilers do not unroll the loop.
  depth: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> factor: array<f32>;
@group(0) @binding(2) var<storage, read_write> carried: array<f32>;

fn factor4(j: u32, column: u32) -> vec4f {
  if (column >= params.padded) {
    return vec4f();
  }
  let at = j * params.padded + column;
  return vec4f(factor[at], factor[at + 1u], factor[at + 2u], factor[at + 3u]);
}

fn error(j: u32, row: u32) -> f32 {
  if (row >= params.rows) {
    return 0.0;
  }
  return carried[j * params.rows + row];
}

fn error4(j: u32, row: u32) -> vec4f {
  return vec4f(error(j, row), error(j, row + 1u), error(j, row + 2u), error(j, row + 3u));
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let later = params.first + params.size + (group.x / params.tiles) * TILE;
  let rows = (group.x % params.tiles) * TILE;
  for (var j = params.first; j < params.first + params.size; j += DEPTH) {
    for (var n = local; n < 256u; n += THREADS) {
      left[n] = factor4(j + n / 16u, later + (n % 16u) * 4u);
      right[n] = error4(j + n / 16u, rows + (n % 16u) * 4u);
    }
    workgroupBarrier();
    add_staged(local, params.depth);
    workgroupBarrier();
  }
  for (var n = 0u; n < 16u; n++) {
    let column = later + row_of(local, n);
    for (var c = 0u; c < 4u; c++) {
      let row = rows + column_of(local, n) + c;
      if (column < params.padded && row < params.rows) {
        carried[column * params.rows + row] += part[n][c];
      }
    }
  }
}
