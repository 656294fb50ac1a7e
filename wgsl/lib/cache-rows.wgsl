// The row of a position in a cache with a row for every position.
fn cache_row(position: u32) -> u32 {
  return position;
}
