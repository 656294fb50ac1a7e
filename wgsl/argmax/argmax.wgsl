// Index of each row's greatest number, the smallest index among equals; BROKEN where one is not finite. One workgroup per
// row. Part: lib/finite.
alias Scalar = f32;

struct Params {
  rows: u32,
  count: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<Scalar>;
@group(0) @binding(2) var<storage, read_write> out: array<u32>;

override THREADS: u32 = 256u;
var<workgroup> best: array<f32, THREADS>;
var<workgroup> place: array<u32, THREADS>;

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let row = workgroup_number(id, workgroups);
  let first = min(row, params.rows - 1u) * params.count;
  var value = -HIGHEST;
  var index = 0u;
  for (var i = thread; i < params.count; i += THREADS) {
    let candidate = f32(x[first + i]);
    if (is_broken(candidate)) {
      value = HIGHEST;
      index = BROKEN;
    } else if (candidate > value) {
      value = candidate;
      index = i;
    }
  }
  best[thread] = value;
  place[thread] = index;
  workgroupBarrier();
  for (var stride = THREADS / 2u; stride > 0u; stride >>= 1u) {
    if (thread < stride) {
      let other = best[thread + stride];
      let at = place[thread + stride];
      if (other > best[thread] || (other == best[thread] && at < place[thread])) {
        best[thread] = other;
        place[thread] = at;
      }
    }
    workgroupBarrier();
  }
  if (thread == 0u && row < params.rows) {
    out[row] = place[0];
  }
}
