// The last step of a score.
const LOWEST: f32 = -3.0e38;

fn bounded(score: f32) -> f32 {
  if (params.softcap > 0.0) {
    return params.softcap * tanh(score / params.softcap);
  }
  return score;
}
