// The row of a position in a ring. `lap` is the largest multiple of the ring's rows at or below all positions of the
// run. A run has fewer positions than the ring has rows, so a position is at most once past the end.
fn cache_row(position: u32) -> u32 {
  let row = position - params.lap;
  return select(row, row - params.ring, row >= params.ring);
}
