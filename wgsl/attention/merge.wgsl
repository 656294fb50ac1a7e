// Merges the splits that attention/decode.wgsl or attention/blocks.wgsl left in the workspace; one workgroup per row
// and head. With m the largest score, l the sum of softmax weights and o the sum of v of a split, the result is Σ exp(m
// − max m)·o / Σ exp(m − max m)·l. Parts: write,
// sinks, gate (attention/).
alias Scalar = f32;

struct Params {
  rows: u32,
  heads: u32,
  kv_heads: u32,
  width: u32,
  // Slices (fours) of a head; the last may be partial.
  slices: u32,
  splits: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(5) var<storage, read> workspace: array<vec4<f32>>;

const THREADS: u32 = 64u;

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
  let row = number / params.heads;
  let head = number % params.heads;
  let stride = params.slices + 1u;
  let first = number * params.splits * stride;
  var largest = workspace[first + params.slices].x;
  for (var s = 1u; s < params.splits; s++) {
    largest = max(largest, workspace[first + s * stride + params.slices].x);
  }
  for (var slice = thread; slice < params.slices; slice += THREADS) {
    var sum = vec4<f32>();
    var total = 0.0;
    for (var s = 0u; s < params.splits; s++) {
      let at = first + s * stride;
      let stats = workspace[at + params.slices];
      let weight = exp(stats.x - largest);
      sum += weight * workspace[at + slice];
      total += weight * stats.y;
    }
    put4(row, head, slice, gated(row, head, slice, divided(sum, total, largest, head)));
  }
}
