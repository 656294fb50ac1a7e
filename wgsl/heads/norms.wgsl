// Norms of heads before they are turned. Parts: norm-weights, place (heads/).
fn before_turn(head: u32, c: u32) -> f32 {
  return norm_weight(head, c);
}

fn after_turn(head: u32, c: u32) -> f32 {
  return 1.0;
}

fn norm_scale(row: u32, head: u32, thread: u32) -> f32 {
  return scale_of_head(thread);
}
