// All rows are kept.
fn first_kept(kv_head: u32) -> u32 {
  return 0u;
}
