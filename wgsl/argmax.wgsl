// Index of the greatest number, the smallest index among equals. One workgroup walks over all of them.
alias Scalar = f32;

struct Params {
  count: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<Scalar>;
@group(0) @binding(2) var<storage, read_write> out: array<u32>;

override THREADS: u32 = 256u;
var<workgroup> best: array<f32, THREADS>;
var<workgroup> place: array<u32, THREADS>;

@compute @workgroup_size(THREADS)
fn main(@builtin(local_invocation_index) thread: u32) {
  // A thread without numbers offers the first one, which changes nothing.
  var value = f32(x[0]);
  var index = 0u;
  for (var i = thread; i < params.count; i += THREADS) {
    let candidate = f32(x[i]);
    if (candidate > value) {
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
  if (thread == 0u) {
    out[0] = place[0];
  }
}
