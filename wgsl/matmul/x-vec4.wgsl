// Reads rows of activations in fours, for K a multiple of 4. Returns zeros beyond row or column, so that weights there
// have no effect.
@group(0) @binding(1) var<storage, read> x: array<vec4<Scalar>>;

fn x4(row: u32, slice: u32) -> vec4<f32> {
  if (row >= params.rows || slice * 4u >= params.k) {
    return vec4<f32>();
  }
  return vec4<f32>(x[(params.x_row + row) * (params.k / 4u) + slice]);
}
