// The last step of a score.
const LOWEST: f32 = -3.0e38;

// Queries grow with their position: 1 + GROWTH·ln(1 + ⌊position / GROWTH_EACH⌋).
const GROWTH: f32 = 0.0;
const GROWTH_EACH: u32 = 1u;

fn scale_of(row: u32) -> f32 {
  if (GROWTH == 0.0) {
    return params.scale;
  }
  return params.scale * (1.0 + GROWTH * log(1.0 + f32((params.position + row) / GROWTH_EACH)));
}

fn bounded(score: f32) -> f32 {
  if (params.softcap > 0.0) {
    return params.softcap * tanh(score / params.softcap);
  }
  return score;
}
