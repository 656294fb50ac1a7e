// Reads queries and keys in fours, for a head width that is a multiple of 4.
@group(0) @binding(1) var<storage, read> q: array<vec4<Scalar>>;
@group(0) @binding(2) var<storage, read> k: array<vec4<Scalar>>;

fn q4(row: u32, head: u32, slice: u32) -> vec4<f32> {
  return vec4<f32>(q[(row * params.heads + head) * params.slices + slice]);
}

fn k4(row: u32, head: u32, slice: u32) -> vec4<f32> {
  return vec4<f32>(k[(row * params.kv_heads + head) * params.slices + slice]);
}
