// Weights of head norms.
@group(0) @binding(10) var<storage, read> q_norm: array<f32>;
@group(0) @binding(11) var<storage, read> k_norm: array<f32>;

fn norm_weight(head: u32, c: u32) -> f32 {
  if (head < params.heads) {
    return q_norm[c];
  }
  return k_norm[c];
}
