// Reads values in fours, for any head width; zeros beyond it.
@group(0) @binding(3) var<storage, read> v: array<Scalar>;

fn v4(row: u32, head: u32, slice: u32) -> vec4<f32> {
  var value = vec4<f32>();
  let first = (row * params.kv_heads + head) * params.width + slice * 4u;
  for (var i = 0u; i < min(4u, params.width - slice * 4u); i++) {
    value[i] = f32(v[first + i]);
  }
  return value;
}
