// Layer normalisation over the last axis; one workgroup per row. The mean comes first, so that the variance is a sum of
// squares of small numbers. Parts: fold (lib/), shift or shift-none (layer-norm/).
alias Scalar = f32;

struct Params {
  rows: u32,
  cols: u32,
  eps: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<Scalar>;
@group(0) @binding(2) var<storage, read> weight: array<f32>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read_write> out: array<Scalar>;

const THREADS: u32 = 64u;
var<workgroup> sums: array<f32, THREADS>;

// The sum over all threads, in all of them.
fn whole(value: f32, thread: u32) -> f32 {
  let reach = folded(thread, THREADS);
  workgroupBarrier();
  sums[thread] = fold_lanes(vec4<f32>(value), reach).x;
  workgroupBarrier();
  for (var stride = THREADS / 2u; stride >= reach; stride >>= 1u) {
    if (thread < stride) {
      sums[thread] += sums[thread + stride];
    }
    workgroupBarrier();
  }
  return sums[0];
}

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let row = workgroup_number(id, count);
  let start = row * params.cols;
  var sum = 0.0;
  for (var c = thread; c < params.cols; c += THREADS) {
    sum += f32(x[start + c]) + shift_at(c);
  }
  let mean = whole(sum, thread) / f32(params.cols);
  var squares = 0.0;
  for (var c = thread; c < params.cols; c += THREADS) {
    let apart = f32(x[start + c]) + shift_at(c) - mean;
    squares += apart * apart;
  }
  let scale = inverseSqrt(whole(squares, thread) / f32(params.cols) + params.eps);
  if (row < params.rows) {
    for (var c = thread; c < params.cols; c += THREADS) {
      let value = (f32(x[start + c]) + shift_at(c) - mean) * scale;
      out[start + c] = Scalar(value * weight[c] + bias[c]);
    }
  }
}
