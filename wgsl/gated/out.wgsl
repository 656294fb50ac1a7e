// Epilogue of `gated`: weight rows 2i are the gate's, rows 2i+1 are up's. Part: gate-activation (lib/).
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
  eps: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(6) var<storage, read_write> out: array<Scalar>;

// Results n (even) and n + 1 of row m, indexed over all rows of the weights.
fn finish(m: u32, n: u32, gate: f32, up: f32) {
  out[m * params.out_cols + n / 2u] = Scalar(activated(gate) * up);
}

// Called when a workgroup has all its results; nothing to do here.
fn end_product(row: u32, tile: u32, thread: u32) {}
