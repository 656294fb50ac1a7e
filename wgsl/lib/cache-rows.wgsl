// The row of a cache that has one for every position.
fn cache_row(position: u32) -> u32 {
  return position;
}
