// A grid of sixteen values, the smallest first: q stands for TABLE[q], a constant that is put in front.
fn value_of(q: u32) -> f32 {
  return TABLE[q];
}

// The q of the value nearest to x; the smaller one half way between two.
fn nearest(x: f32) -> u32 {
  var q = 0u;
  for (var step = 8u; step > 0u; step >>= 1u) {
    q += select(0u, step, x > 0.5 * (TABLE[q + step - 1u] + TABLE[q + step]));
  }
  return q;
}
