// Unpacks two weights by two bit operations: a nibble becomes the top of the mantissa of an f16 whose exponent is that
// of 1 (Transformer-Lite, arXiv 2403.20041).
fn pair_values(shifted: u32) -> vec2<f32> {
  return vec2<f32>(bitcast<vec2<f16>>((shifted & 0x03C003C0u) | 0x3C003C00u));
}

// v of the first (half 0) or last (half 1) four weights of a word.
fn word_values(w: u32, half: u32) -> vec4<f32> {
  let four = w >> (8u * half);
  return vec4<f32>(pair_values(four << 6u), pair_values(four << 2u));
}
