// m0e4-unpack-f16.wgsl without shader-f16: a nibble becomes the top of an f32's mantissa.
fn word_values(w: u32, half: u32) -> vec4<f32> {
  var bits = vec4<u32>(w << 19u, w << 3u, w << 15u, w >> 1u);
  if (half != 0u) {
    bits = vec4<u32>(w << 11u, w >> 5u, w << 7u, w >> 9u);
  }
  return bitcast<vec4<f32>>((bits & vec4<u32>(0x00780000u)) | vec4<u32>(0x3F800000u));
}
