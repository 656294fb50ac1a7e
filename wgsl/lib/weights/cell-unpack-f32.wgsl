// cell-unpack-f16.wgsl without shader-f16: each mantissa moves to the top of an f32's.
fn pair_values(mantissas: u32) -> vec2<f32> {
  let bits = vec2<u32>((mantissas & 0xFFFFu) << 13u, (mantissas >> 16u) << 13u);
  return bitcast<vec2<f32>>(bits | vec2<u32>(0x3F800000u));
}
