// act(x) of a feed-forward block: silu, gelu by its tanh form, gelu itself, or the square of max(x, 0).
const GELU: bool = false;
const EXACT: bool = false;
const SQUARED: bool = false;

// x · Φ(x), with the error function by a polynomial in 1 / (1 + p|x|) (Abramowitz and Stegun 7.1.26; off by 1.5e-7).
fn exact_gelu(x: f32) -> f32 {
  let z = abs(x) * 0.7071067812;
  let t = 1.0 / (1.0 + 0.3275911 * z);
  let poly = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  let tail = 0.5 * poly * exp(-min(z * z, 80.0));
  return select(x * (1.0 - tail), x * tail, x < 0.0);
}

fn activated(x: f32) -> f32 {
  if (SQUARED) {
    let above = max(x, 0.0);
    return above * above;
  }
  if (EXACT) {
    return exact_gelu(x);
  }
  if (GELU) {
    // Beyond ±15 tanh is ±1 in f32; some drivers compute it by exponentials that overflow.
    let inner = clamp(0.7978845608 * (x + 0.044715 * x * x * x), -15.0, 15.0);
    return 0.5 * x * (1.0 + tanh(inner));
  }
  return x / (1.0 + exp(-x));
}
