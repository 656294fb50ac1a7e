// RMS normalisation of x inside a matrix product: rsqrt(mean(x²) + eps) · Σ x_k·g_k·w_k. The product multiplies x by g
// while it stages it, and sums x² at the same time, without a separate pass. Beyond column K the value is any g of
// the vector; x is zero there.
@group(0) @binding(5) var<storage, read> norm: array<f32>;

const NORM: bool = true;

fn norm1(column: u32) -> f32 {
  return norm[min(column, params.k - 1u)];
}

fn norm4(slice: u32) -> vec4<f32> {
  let c = slice * 4u;
  return vec4<f32>(norm[c], norm[c + 1u], norm[c + 2u], norm[c + 3u]);
}
