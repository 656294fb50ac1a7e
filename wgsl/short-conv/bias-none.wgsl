// A convolution without bias.
fn bias_at(c: u32) -> f32 {
  return 0.0;
}
