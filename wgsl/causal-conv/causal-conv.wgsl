// Causal convolution of each column by itself, then silu; a thread computes up to ROWS rows of a column. The tails of
// two slots are distinct, so no thread overwrites what another reads. Parts: bias or bias-none (short-conv/), silu (lib/).
alias Scalar = f32;

struct Params {
  rows: u32,
  cols: u32,
  taps: u32,
  // Columns of a row of x, and the first of those that are convolved.
  x_cols: u32,
  x_at: u32,
  // Of the first row of x.
  position: u32,
  // Slots of the tail that is read and of the one that is written.
  read: u32,
  write: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<Scalar>;
@group(0) @binding(2) var<storage, read> weight: array<f32>;
@group(0) @binding(3) var<storage, read_write> tail: array<Scalar>;
@group(0) @binding(4) var<storage, read_write> out: array<Scalar>;

const ROWS: u32 = 8u;

// Column c of a row of this run, or before it, where rows below 0 come from the tail.
fn value_at(row: i32, c: u32) -> f32 {
  if (row >= 0) {
    return f32(x[u32(row) * params.x_cols + params.x_at + c]);
  }
  if (row + i32(params.position) < 0) {
    return 0.0;
  }
  let kept = params.taps - 1u;
  let at = params.read * kept + u32(i32(kept) + row);
  return f32(tail[at * params.cols + c]);
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let number = workgroup_number(id, count) * 64u + thread;
  let c = number % params.cols;
  let first = number / params.cols * ROWS;
  if (first >= params.rows) {
    return;
  }
  for (var row = first; row < min(first + ROWS, params.rows); row++) {
    var sum = bias_at(c);
    for (var j = 0u; j < params.taps; j++) {
      sum += weight[(c + 1u) * params.taps - 1u - j] * value_at(i32(row) - i32(j), c);
    }
    out[row * params.cols + c] = Scalar(silu(sum));
  }
  if (first + ROWS >= params.rows) {
    let kept = params.taps - 1u;
    for (var m = 0u; m < kept; m++) {
      let value = value_at(i32(params.rows + m) - i32(kept), c);
      tail[(params.write * kept + m) * params.cols + c] = Scalar(value);
    }
  }
}
