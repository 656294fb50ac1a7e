// Inputs and outputs of the stage that ends a scan. Parts: shared, finish (scan/), silu (lib/).
@group(0) @binding(1) var<storage, read> x: array<Scalar>;
@group(0) @binding(2) var<storage, read> weights: array<f32>;
@group(0) @binding(4) var<storage, read_write> out: array<Scalar>;
@group(0) @binding(6) var<storage, read> z: array<Scalar>;

fn z_of(row: u32, head: u32, c: u32) -> f32 {
  return f32(z[row * params.z_cols + params.z_at + head * params.head_width + c]) * params.z_scale;
}

fn put(row: u32, head: u32, c: u32, y: f32, squares: f32) {
  let at = (row * params.heads + head) * params.head_width + c;
  out[at] = Scalar(finished(row, head, c, y, squares) * params.scale);
}
