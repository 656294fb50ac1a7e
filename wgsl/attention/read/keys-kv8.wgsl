// Reads queries in fours, for a head width that is a multiple of 4; keys as signed bytes, four to a word, followed by the
// scale of the head (engine/tensor/kv8.ts).
@group(0) @binding(1) var<storage, read> q: array<vec4<Scalar>>;
@group(0) @binding(2) var<storage, read> k: array<u32>;

fn q4(row: u32, head: u32, slice: u32) -> vec4<f32> {
  return vec4<f32>(q[(row * params.heads + head) * params.slices + slice]);
}

fn k4(row: u32, head: u32, slice: u32) -> vec4<f32> {
  let first = (row * params.kv_heads + head) * (params.slices + 1u);
  return bitcast<f32>(k[first + params.slices]) * unpack4x8snorm(k[first + slice]);
}
