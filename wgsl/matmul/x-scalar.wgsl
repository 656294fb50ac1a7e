// Reads rows of activations in fours, for any K. Returns zeros beyond row or column, so that weights there have no
// effect.
@group(0) @binding(1) var<storage, read> x: array<Scalar>;

fn x1(row: u32, column: u32) -> f32 {
  if (column >= params.k) {
    return 0.0;
  }
  return f32(x[(params.x_row + row) * params.k + column]);
}

fn x4(row: u32, slice: u32) -> vec4<f32> {
  if (row >= params.rows) {
    return vec4<f32>();
  }
  let c = slice * 4u;
  return vec4<f32>(x1(row, c), x1(row, c + 1u), x1(row, c + 2u), x1(row, c + 3u));
}
