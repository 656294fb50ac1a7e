// Reads single numbers of rows of activations, without branches. Rows beyond the last repeat it: their results are not
// stored. Returns zero beyond column K, so that weights there have no effect.
@group(0) @binding(1) var<storage, read> x: array<Scalar>;

fn x1(row: u32, column: u32) -> f32 {
  let at = (params.x_row + min(row, params.rows - 1u)) * params.k + min(column, params.k - 1u);
  return select(0.0, f32(x[at]), column < params.k);
}
