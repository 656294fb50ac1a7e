// Results of the gated delta rule: a head is normalised, then opened by z.
// Number c of a head whose results have this sum of squares.
fn finished(row: u32, head: u32, c: u32, y: f32, squares: f32) -> f32 {
  let normed = y * inverseSqrt(squares / f32(params.head_width) + params.eps);
  return normed * weights[2u * params.heads + c] * silu(z_of(row, head, c));
}
