// Stores the sums of attention: divided, as the result, or undivided in the workspace for attention/merge.wgsl where
// there are several splits. [row, head, split][slices + 1]: sums of v, then (largest score, sum of softmax weights, 0,
// 0). Parts: sinks, gate (attention/).
@group(0) @binding(5) var<storage, read_write> workspace: array<vec4<f32>>;

// One slice: its sum of v, and the largest score and the sum of softmax weights of all rows of the split.
fn end_slice(row: u32, head: u32, split: u32, slice: u32, sum: vec4<f32>, largest_score: f32, total: f32) {
  if (params.splits == 1u) {
    put4(row, head, slice, gated(row, head, slice, divided(sum, total, largest_score, head)));
    return;
  }
  let at = ((row * params.heads + head) * params.splits + split) * (params.slices + 1u);
  workspace[at + slice] = sum;
  if (slice == 0u) {
    workspace[at + params.slices] = vec4<f32>(largest_score, total, 0.0, 0.0);
  }
}
