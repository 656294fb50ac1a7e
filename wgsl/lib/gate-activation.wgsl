// act(x) of a gated feed-forward block: silu, or gelu by its tanh form.
const GELU: bool = false;

fn activated(x: f32) -> f32 {
  if (GELU) {
    // Beyond ±15 tanh is ±1 in f32; some drivers compute it by exponentials that overflow.
    let inner = clamp(0.7978845608 * (x + 0.044715 * x * x * x), -15.0, 15.0);
    return 0.5 * x * (1.0 + tanh(inner));
  }
  return x / (1.0 + exp(-x));
}
