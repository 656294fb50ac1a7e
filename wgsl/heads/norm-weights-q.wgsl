// Weights of head norms where there are heads of q only.
@group(0) @binding(10) var<storage, read> q_norm: array<f32>;

fn norm_weight(head: u32, c: u32) -> f32 {
  return q_norm[c];
}
