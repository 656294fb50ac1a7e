// Reads queries and keys in fours, for any head width; zeros beyond it.
@group(0) @binding(1) var<storage, read> q: array<Scalar>;
@group(0) @binding(2) var<storage, read> k: array<Scalar>;

fn q4(row: u32, head: u32, slice: u32) -> vec4<f32> {
  var value = vec4<f32>();
  let first = (row * params.heads + head) * params.width + slice * 4u;
  for (var i = 0u; i < min(4u, params.width - slice * 4u); i++) {
    value[i] = f32(q[first + i]);
  }
  return value;
}

fn k4(row: u32, head: u32, slice: u32) -> vec4<f32> {
  var value = vec4<f32>();
  let first = (row * params.kv_heads + head) * params.width + slice * 4u;
  for (var i = 0u; i < min(4u, params.width - slice * 4u); i++) {
    value[i] = f32(k[first + i]);
  }
  return value;
}
