// What a row attends to: the rows of its passage on both sides, or those that are nearer than `window`.
@group(0) @binding(8) var<storage, read> spans: array<vec2<u32>>;

fn first_seen(row: u32) -> u32 {
  let begin = spans[row].x;
  return select(begin, max(begin, row + 1u - min(row + 1u, params.window)), params.window > 0u);
}

// The row after the last one that a row attends to.
fn end_seen(row: u32) -> u32 {
  let end = spans[row].y;
  return select(end, min(end, row + params.window), params.window > 0u);
}
