// A pair of mantissas becomes two halves in [1, 2): the exponent is that of 1.
fn pair_values(mantissas: u32) -> vec2<f32> {
  return vec2<f32>(bitcast<vec2<f16>>(mantissas | 0x3C003C00u));
}
