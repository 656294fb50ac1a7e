// The gated delta rule: q and k of a head are normalised, and what a key reads so far is subtracted from its value.
const DELTA: bool = true;
const EPS_OF_KEYS: f32 = 1e-6;

fn q_scale() -> f32 {
  return inverseSqrt(f32(params.key_width));
}

// The factor of q or k by its sum of squares.
fn key_norm(squares: f32) -> f32 {
  return inverseSqrt(squares + EPS_OF_KEYS);
}
