// Epilogue of `qkv_heads` where a workgroup makes a whole head of one row: it is collected, then goes to its place.
// Parts: heads_place, heads_norms, heads_put, cache_rows.
struct Params {
  rows: u32,
  k: u32,
  // Rows of the weights that are bound, and the number of the first of them.
  n: u32,
  n_first: u32,
  // Chunks of 32 weights in a row as stored.
  chunks: u32,
  x_row: u32,
  heads: u32,
  kv_heads: u32,
  head_width: u32,
  rotary: u32,
  // Of the row in the text, and where k and v of it go (parts cache_rows).
  position: u32,
  k_row: u32,
  v_row: u32,
  // Of a ring (cache_rows_ring.wgsl); else 0.
  lap: u32,
  ring: u32,
  // Distance between pairs, and between the two numbers of a pair.
  step: u32,
  apart: u32,
  // Of the norm of x, and of those of heads.
  eps: f32,
  head_eps: f32,
}
@group(0) @binding(0) var<uniform> params: Params;

// The widest head that a workgroup of the default limits can make.
var<workgroup> product: array<f32, 256>;

fn raw(c: u32) -> f32 {
  return product[c];
}

// Results n (even) and n + 1 of row m, counted over all rows of the weights.
fn finish(m: u32, n: u32, a: f32, b: f32) {
  let c = n % params.head_width;
  product[c] = a + bias_at(n);
  product[c + 1u] = b + bias_at(n + 1u);
}

fn end_product(row: u32, tile: u32, thread: u32) {
  if (row >= params.rows) {
    return;
  }
  workgroupBarrier();
  place_head(row, params.n_first / params.head_width + tile, thread);
}
