// Adds Dᵀ·X with D = own − x to sum f32[padded, padded], a tile (tile.wgsl) for each workgroup. x and own are f32[rows, k].
struct Params {
  rows: u32,
  k: u32,
  padded: u32,
  tiles: u32,
  // 16, as a parameter so that compilers do not unroll the loop.
  depth: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> own: array<f32>;
@group(0) @binding(3) var<storage, read_write> sum: array<f32>;

fn is_inside(row: u32, column: u32) -> bool {
  return row < params.rows && column < params.k;
}

fn load(row: u32, column: u32) -> f32 {
  if (!is_inside(row, column)) {
    return 0.0;
  }
  return x[row * params.k + column];
}

fn moved(row: u32, column: u32) -> f32 {
  if (!is_inside(row, column)) {
    return 0.0;
  }
  return own[row * params.k + column] - x[row * params.k + column];
}

fn load4(row: u32, column: u32) -> vec4f {
  return vec4f(load(row, column), load(row, column + 1u), load(row, column + 2u), load(row, column + 3u));
}

fn moved4(row: u32, column: u32) -> vec4f {
  return vec4f(moved(row, column), moved(row, column + 1u), moved(row, column + 2u), moved(row, column + 3u));
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = (group.x / params.tiles) * TILE;
  let j = (group.x % params.tiles) * TILE;
  for (var first = 0u; first < params.rows; first += DEPTH) {
    for (var n = local; n < 256u; n += THREADS) {
      left[n] = moved4(first + n / 16u, i + (n % 16u) * 4u);
      right[n] = load4(first + n / 16u, j + (n % 16u) * 4u);
    }
    workgroupBarrier();
    add_staged(local, params.depth);
    workgroupBarrier();
  }
  for (var n = 0u; n < 16u; n++) {
    let row = i + row_of(local, n);
    let column = j + column_of(local, n);
    // The matrix is padded to whole quads.
    if (row < params.padded && column < params.padded) {
      for (var c = 0u; c < 4u; c++) {
        sum[row * params.padded + column + c] += part[n][c];
      }
    }
  }
}
