// The row of a ring. `lap` is its largest multiple at or below all positions of the run, which are fewer than
// the ring has rows: what is past the end once is never past it twice.
fn cache_row(position: u32) -> u32 {
  let row = position - params.lap;
  return select(row, row - params.ring, row >= params.ring);
}
