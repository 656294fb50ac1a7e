// Norms of heads after they are turned. A turn keeps the sum of squares, so only the weights come after it. Parts:
// norm-weights, place (heads/).
fn before_turn(head: u32, c: u32) -> f32 {
  return 1.0;
}

fn after_turn(head: u32, c: u32) -> f32 {
  return norm_weight(head, c);
}

fn norm_scale(row: u32, head: u32, thread: u32) -> f32 {
  return scale_of_head(thread);
}
