// The first position that a row attends to, and the last step of a score.
const LOWEST: f32 = -3.0e38;

// First position that a row attends to.
fn first_seen(row: u32) -> u32 {
  let seen = params.position + row + 1u;
  return select(0u, seen - min(seen, params.window), params.window > 0u);
}

fn bounded(score: f32) -> f32 {
  if (params.softcap > 0.0) {
    return params.softcap * tanh(score / params.softcap);
  }
  return score;
}
