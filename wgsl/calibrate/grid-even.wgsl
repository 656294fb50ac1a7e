// A grid of even steps: q stands for base + q·step.
fn value_of(q: u32) -> f32 {
  return params.base + f32(q) * params.step;
}

// The q of the value nearest to x.
fn nearest(x: f32) -> u32 {
  return u32(clamp(floor((x - params.base) / params.step + 0.5), 0.0, params.most));
}
