// A norm without weights.
fn weight_at(c: u32) -> f32 {
  return 1.0;
}
