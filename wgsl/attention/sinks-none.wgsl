// Without sinks: the sum of v divided by all weights.
fn divided(sum: vec4<f32>, total: f32, largest: f32, head: u32) -> vec4<f32> {
  return sum / total;
}
