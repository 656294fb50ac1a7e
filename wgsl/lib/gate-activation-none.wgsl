// A result without an activation function.
fn activated(x: f32) -> f32 {
  return x;
}
