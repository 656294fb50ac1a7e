// What a row attends to: its own position and those before it, or the last `window` of them.
fn first_seen(row: u32) -> u32 {
  let seen = params.position + row + 1u;
  return select(0u, seen - min(seen, params.window), params.window > 0u);
}

// The position after the last one that a row attends to.
fn end_seen(row: u32) -> u32 {
  return params.position + row + 1u;
}
