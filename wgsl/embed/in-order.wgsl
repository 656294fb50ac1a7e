// The table has the rows of this run in their order.
fn token_of(row: u32) -> u32 {
  return row;
}
