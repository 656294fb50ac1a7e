// One row for each passage: the mean of its rows, its first or its last one. A thread computes one number, in f32.
alias Scalar = f32;
// 0 the mean, 1 the first row, 2 the last.
const MODE: u32 = 0u;

struct Params {
  count: u32,
  cols: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<Scalar>;
// First row of each passage, and the row after its last.
@group(0) @binding(2) var<storage, read> passages: array<vec2<u32>>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;

fn element(i: u32) -> f32 {
  let range = passages[i / params.cols];
  let c = i % params.cols;
  if (MODE == 1u) {
    return f32(x[range.x * params.cols + c]);
  }
  if (MODE == 2u) {
    return f32(x[(range.y - 1u) * params.cols + c]);
  }
  var sum = 0.0;
  for (var row = range.x; row < range.y; row++) {
    sum += f32(x[row * params.cols + c]);
  }
  return sum / f32(range.y - range.x);
}
