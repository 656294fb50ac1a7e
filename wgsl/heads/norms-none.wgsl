// Heads without norms.
fn before_turn(head: u32, c: u32) -> f32 {
  return 1.0;
}

fn after_turn(head: u32, c: u32) -> f32 {
  return 1.0;
}

fn norm_scale(row: u32, head: u32, thread: u32) -> f32 {
  return 1.0;
}
