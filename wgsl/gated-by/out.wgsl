// Epilogue of `gated_by`: the product is the gate of some columns of up. Part: gate-activation (lib/).
struct Params {
  rows: u32,
  k: u32,
  // Bound rows of the weights, and the index of the first.
  n: u32,
  n_first: u32,
  // Chunks of 32 weights in a stored row.
  chunks: u32,
  x_row: u32,
  out_cols: u32,
  // Columns of up, and the first that is read.
  up_cols: u32,
  column: u32,
  eps: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(6) var<storage, read_write> out: array<Scalar>;
@group(0) @binding(7) var<storage, read> up: array<Scalar>;

fn gate(m: u32, n: u32, value: f32) {
  if (n < params.out_cols) {
    let by = f32(up[m * params.up_cols + params.column + n]);
    out[m * params.out_cols + n] = Scalar(activated(value) * by);
  }
}

// Results n (even) and n + 1 of row m, indexed over all rows of the weights.
fn finish(m: u32, n: u32, a: f32, b: f32) {
  gate(m, n, a);
  gate(m, n + 1u, b);
}

// Called when a workgroup has all its results; nothing to do here.
fn end_product(row: u32, tile: u32, thread: u32) {}
