// Beyond ±80 the exponential would overflow.
fn sigmoid(x: f32) -> f32 {
  return 1.0 / (1.0 + exp(-clamp(x, -80.0, 80.0)));
}

fn silu(x: f32) -> f32 {
  return x * sigmoid(x);
}
