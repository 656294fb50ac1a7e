// A sum as it is.
fn scaled(value: f32) -> f32 {
  return value;
}
