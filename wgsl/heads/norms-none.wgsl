// Heads without norms.
const NORMED: bool = false;

fn weight_at(head: u32, c: u32) -> f32 {
  return 1.0;
}
