// RMSNorm over the last axis, or over each head; one workgroup per row, or per head of a row. Parts: fold, scaled (lib/), weighted or
// plain (rmsnorm/).
alias Scalar = f32;

struct Params {
  rows: u32,
  cols: u32,
  eps: f32,
  // Heads of a row that have weights of their own; 1 where all have the same.
  sets: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<Scalar>;
@group(0) @binding(3) var<storage, read_write> out: array<Scalar>;

const THREADS: u32 = 64u;
// The residual is already where the result goes.
const RESIDUAL: bool = false;
var<workgroup> squares: array<f32, THREADS>;

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
    let value = f32(x[start + c]);
    sum += value * value;
  }
  let reach = folded(thread, THREADS);
  squares[thread] = fold_lanes(vec4<f32>(sum), reach).x;
  workgroupBarrier();
  for (var stride = THREADS / 2u; stride >= reach; stride >>= 1u) {
    if (thread < stride) {
      squares[thread] += squares[thread + stride];
    }
    workgroupBarrier();
  }
  let by = inverseSqrt(squares[0] / f32(params.cols) + params.eps);
  let first = (row % params.sets) * params.cols;
  if (row < params.rows) {
    for (var c = thread; c < params.cols; c += THREADS) {
      var value = f32(x[start + c]) * by * weight_at(first + c);
      if (RESIDUAL) {
        value = scaled(value + f32(out[start + c]));
      }
      out[start + c] = Scalar(value);
    }
  }
}
