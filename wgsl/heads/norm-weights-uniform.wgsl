// Weights of head norms as uniforms, which are no storage buffers: for devices that bind few of those at a time.
// Numbers of a head, a multiple of 4.
const NORM_WIDTH: u32 = 4u;
@group(0) @binding(10) var<uniform> q_norm: array<vec4<f32>, NORM_WIDTH / 4u>;
@group(0) @binding(11) var<uniform> k_norm: array<vec4<f32>, NORM_WIDTH / 4u>;

fn norm_weight(head: u32, c: u32) -> f32 {
  if (head < params.heads) {
    return q_norm[c / 4u][c % 4u];
  }
  return k_norm[c / 4u][c % 4u];
}
