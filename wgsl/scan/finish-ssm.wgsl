// Results of Mamba-2: with the input itself, opened by z.
fn finished(row: u32, head: u32, c: u32, y: f32, squares: f32) -> f32 {
  let direct = weights[2u * params.heads + head] * f32(x[v_start(row, head) + c]);
  return (y + direct) * silu(z_of(row, head, c));
}
