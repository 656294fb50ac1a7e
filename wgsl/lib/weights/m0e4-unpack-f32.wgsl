// m0e4-unpack-f16.wgsl without shader-f16: a nibble becomes the top of an f32's mantissa.
fn word_values(w: u32, half: u32) -> vec4<f32> {
  let four = w >> (8u * half);
  let bits = vec4<u32>(four << 19u, four << 3u, four << 15u, four >> 1u);
  return bitcast<vec4<f32>>((bits & vec4<u32>(0x00780000u)) | vec4<u32>(0x3F800000u));
}
