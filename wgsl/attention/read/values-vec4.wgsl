// Reads values in fours, for a head width that is a multiple of 4.
@group(0) @binding(3) var<storage, read> v: array<vec4<Scalar>>;

fn v4(row: u32, head: u32, slice: u32) -> vec4<f32> {
  return vec4<f32>(v[(row * params.kv_heads + head) * params.slices + slice]);
}
