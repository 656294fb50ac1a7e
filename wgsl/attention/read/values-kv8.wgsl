// Reads values as signed bytes, four to a word, followed by the scale of the head (engine/tensor/kv8.ts).
@group(0) @binding(3) var<storage, read> v: array<u32>;

fn v4(row: u32, head: u32, slice: u32) -> vec4<f32> {
  let first = (row * params.kv_heads + head) * (params.slices + 1u);
  return bitcast<f32>(v[first + params.slices]) * unpack4x8snorm(v[first + slice]);
}
