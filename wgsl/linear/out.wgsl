// Epilogue of `linear`: bias, and the residual that already stands where the result goes.
struct Params {
  rows: u32,
  k: u32,
  // Rows of the weights that are bound, and the number of the first of them.
  n: u32,
  n_first: u32,
  // Chunks of 32 weights in a row as stored.
  chunks: u32,
  // First row of x, and of out where that is a part of a cache (parts cache_rows).
  x_row: u32,
  out_row: u32,
  // Of a ring (cache_rows_ring.wgsl); else 0.
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

// Results n (even) and n + 1 of row m, counted over all rows of the weights.
fn finish(m: u32, n: u32, a: f32, b: f32) {
  let at = cache_row(params.out_row + m) * params.out_cols + n;
  put(at, a + bias_at(n));
  if (n + 1u < params.out_cols) {
    put(at + 1u, b + bias_at(n + 1u));
  }
}

// Called when a workgroup has finished all it makes; here nothing is left to do.
fn end_product(row: u32, tile: u32, thread: u32) {}
