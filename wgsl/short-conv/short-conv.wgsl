// Gated causal convolution; a thread computes one number. Parts: cache-rows (lib/), bias or bias-none (short-conv/).
alias Scalar = f32;

struct Params {
  rows: u32,
  cols: u32,
  taps: u32,
  // Of the first row of x.
  position: u32,
  // For a ring (lib/cache-rows-ring.wgsl); else 0.
  lap: u32,
  ring: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<Scalar>;
@group(0) @binding(2) var<storage, read> weight: array<f32>;
// The state: rows before `position` are read, the others written.
@group(0) @binding(3) var<storage, read_write> tail: array<Scalar>;
@group(0) @binding(4) var<storage, read_write> out: array<Scalar>;

fn gated(row: u32, c: u32) -> f32 {
  let at = row * 3u * params.cols + c;
  return f32(x[at]) * f32(x[at + 2u * params.cols]);
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let number = workgroup_number(id, count) * 64u + thread;
  let row = number / params.cols;
  let c = number % params.cols;
  if (row >= params.rows) {
    return;
  }
  let place = params.position + row;
  var sum = bias_at(c);
  for (var j = 0u; j < min(params.taps, place + 1u); j++) {
    var v = 0.0;
    if (j <= row) {
      v = gated(row - j, c);
    } else {
      v = f32(tail[cache_row(place - j) * params.cols + c]);
    }
    sum += weight[c * params.taps + params.taps - 1u - j] * v;
  }
  tail[cache_row(place) * params.cols + c] = Scalar(gated(row, c));
  out[number] = Scalar(f32(x[row * 3u * params.cols + params.cols + c]) * sum);
}
