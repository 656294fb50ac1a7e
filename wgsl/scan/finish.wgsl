// Last stage of a chunked scan; a workgroup ends a head of a row. Parts: shared, results, rule, finish, pieces (scan/), silu
// (lib/).
@group(0) @binding(5) var<storage, read_write> workspace: array<f32>;

const THREADS: u32 = 64u;
var<workgroup> squares: array<f32, THREADS>;

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let number = workgroup_number(id, count);
  if (number >= params.rows * params.heads) {
    return;
  }
  let start = number * params.head_width;
  var sum = 0.0;
  if (DELTA) {
    for (var c = thread; c < params.head_width; c += THREADS) {
      let y = workspace[start + c];
      sum += y * y;
    }
    squares[thread] = sum;
    workgroupBarrier();
    for (var stride = THREADS / 2u; stride > 0u; stride >>= 1u) {
      if (thread < stride) {
        squares[thread] += squares[thread + stride];
      }
      workgroupBarrier();
    }
    sum = squares[0];
  }
  for (var c = thread; c < params.head_width; c += THREADS) {
    put(number / params.heads, number % params.heads, c, workspace[start + c], sum);
  }
}
