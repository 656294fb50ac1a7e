// Epilogue of `linear`: adds the bias, applies an activation function, and adds the residual that is already where the
// result goes. Part: gate-activation or gate-activation-none (lib/).
struct Params {
  rows: u32,
  k: u32,
  // Bound rows of the weights, and the index of the first.
  n: u32,
  n_first: u32,
  // Chunks of 32 weights in a stored row.
  chunks: u32,
  // First row of x, and of out where that is a view into a cache (part cache-rows).
  x_row: u32,
  out_row: u32,
  // For a ring (lib/cache-rows-ring.wgsl); else 0.
  lap: u32,
  ring: u32,
  out_cols: u32,
  eps: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
alias Result = Scalar;
@group(0) @binding(6) var<storage, read_write> out: array<Result>;

const RESIDUAL: bool = false;

fn put(at: u32, value: f32) {
  if (RESIDUAL) {
    out[at] = Result(f32(out[at]) + value);
  } else {
    out[at] = Result(value);
  }
}

// Results n (even) and n + 1 of row m, indexed over all rows of the weights.
fn finish(m: u32, n: u32, a: f32, b: f32) {
  let at = cache_row(params.out_row + m) * params.out_cols + n;
  put(at, activated(a + bias_at(n)));
  if (n + 1u < params.out_cols) {
    put(at + 1u, activated(b + bias_at(n + 1u)));
  }
}

// Called when a workgroup has all its results; nothing to do here.
fn end_product(row: u32, tile: u32, thread: u32) {}
