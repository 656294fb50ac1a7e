// Writes results in fours, for any head width.
@group(0) @binding(4) var<storage, read_write> out: array<Scalar>;

fn put4(row: u32, head: u32, slice: u32, value: vec4<f32>) {
  let first = (row * params.heads + head) * params.width + slice * 4u;
  for (var i = 0u; i < min(4u, params.width - slice * 4u); i++) {
    out[first + i] = Scalar(value[i]);
  }
}
