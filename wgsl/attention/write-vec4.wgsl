// Writes results in fours, for a head width that is a multiple of 4.
@group(0) @binding(4) var<storage, read_write> out: array<vec4<Scalar>>;

fn put4(row: u32, head: u32, slice: u32, value: vec4<f32>) {
  out[(row * params.heads + head) * params.slices + slice] = vec4<Scalar>(value);
}
