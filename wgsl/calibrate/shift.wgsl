// What the targets of columns are moved by before any is rounded: carried[c][row] = Σ moved[j][c] · weights[row][j], a tile
// (tile.wgsl) for each workgroup. `moved` is f32[padded, padded], `weights` f32[rows, k], `carried` f32[padded, rows].
struct Params {
  rows: u32,
  k: u32,
  padded: u32,
  // Tiles of rows.
  tiles: u32,
  // 16, as a parameter so that compilers do not unroll the loop.
  depth: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> moved: array<f32>;
@group(0) @binding(2) var<storage, read> weights: array<f32>;
@group(0) @binding(3) var<storage, read_write> carried: array<f32>;

fn moved4(j: u32, column: u32) -> vec4f {
  if (column >= params.padded) {
    return vec4f();
  }
  let at = j * params.padded + column;
  return vec4f(moved[at], moved[at + 1u], moved[at + 2u], moved[at + 3u]);
}

fn weight(j: u32, row: u32) -> f32 {
  if (row >= params.rows || j >= params.k) {
    return 0.0;
  }
  return weights[row * params.k + j];
}

fn weight4(j: u32, row: u32) -> vec4f {
  return vec4f(weight(j, row), weight(j, row + 1u), weight(j, row + 2u), weight(j, row + 3u));
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let columns = (group.x / params.tiles) * TILE;
  let rows = (group.x % params.tiles) * TILE;
  for (var j = 0u; j < params.padded; j += DEPTH) {
    for (var n = local; n < 256u; n += THREADS) {
      left[n] = moved4(j + n / 16u, columns + (n % 16u) * 4u);
      right[n] = weight4(j + n / 16u, rows + (n % 16u) * 4u);
    }
    workgroupBarrier();
    add_staged(local, params.depth);
    workgroupBarrier();
  }
  for (var n = 0u; n < 16u; n++) {
    let column = columns + row_of(local, n);
    for (var c = 0u; c < 4u; c++) {
      let row = rows + column_of(local, n) + c;
      if (column < params.padded && row < params.rows) {
        carried[column * params.rows + row] = part[n][c];
      }
    }
  }
}
