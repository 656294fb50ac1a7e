// Adds XᵀX of x f32[rows, k] to the upper triangle of sum f32[padded, padded]. A workgroup computes 64 × 64 numbers, a
// thread 4 × 4 of them, over 16 rows of x at a time.
struct Params {
  rows: u32,
  k: u32,
  padded: u32,
  tiles: u32,
  // 16, as a parameter so that compilers do not unroll the loop.
  size: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> sum: array<f32>;

const ROWS: u32 = 16u;
const TILE: u32 = 64u;

var<workgroup> left: array<vec4f, 256>;
var<workgroup> right: array<vec4f, 256>;

fn load(row: u32, column: u32) -> f32 {
  if (row >= params.rows || column >= params.k) {
    return 0.0;
  }
  return x[row * params.k + column];
}

fn load4(row: u32, column: u32) -> vec4f {
  return vec4f(load(row, column), load(row, column + 1u), load(row, column + 2u), load(row, column + 3u));
}

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = (group.x / params.tiles) * TILE;
  let j = (group.x % params.tiles) * TILE;
  if (i > j) {
    return;
  }
  let a = local / 16u;
  let b = local % 16u;
  var part: array<vec4f, 4>;
  for (var first = 0u; first < params.rows; first += ROWS) {
    left[local] = load4(first + a, i + b * 4u);
    right[local] = load4(first + a, j + b * 4u);
    workgroupBarrier();
    for (var row = 0u; row < params.size; row++) {
      let u = left[row * 16u + a];
      let v = right[row * 16u + b];
      part[0] += u.x * v;
      part[1] += u.y * v;
      part[2] += u.z * v;
      part[3] += u.w * v;
    }
    workgroupBarrier();
  }
  for (var r = 0u; r < 4u; r++) {
    for (var c = 0u; c < 4u; c++) {
      let row = i + a * 4u + r;
      let column = j + b * 4u + c;
      if (row < params.padded && column < params.padded) {
        sum[row * params.padded + column] += part[r][c];
      }
    }
  }
}
