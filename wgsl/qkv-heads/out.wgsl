// Epilogue of `qkv_heads` where a workgroup computes a whole head of one row: collects the head, then processes and
// stores it. Parts: place, norms, put, gates (heads/), cache-rows (lib/).
struct Params {
  rows: u32,
  k: u32,
  // Bound rows of the weights, and the index of the first.
  n: u32,
  n_first: u32,
  // Chunks of 32 weights in a stored row.
  chunks: u32,
  x_row: u32,
  heads: u32,
  kv_heads: u32,
  head_width: u32,
  // Gates after the heads of a row.
  gates: u32,
  rotary: u32,
  // Position of the row, and the cache rows of its k and v (part cache-rows).
  position: u32,
  k_row: u32,
  v_row: u32,
  // For a ring (lib/cache-rows-ring.wgsl); else 0.
  lap: u32,
  ring: u32,
  // Distance between pairs, and between the two numbers of a pair.
  step: u32,
  apart: u32,
  // Eps of the norm of x, and of the norms of heads.
  eps: f32,
  head_eps: f32,
}
@group(0) @binding(0) var<uniform> params: Params;

// The widest head that a workgroup can compute within the default limits.
var<workgroup> product: array<f32, 256>;

fn raw(c: u32) -> f32 {
  return product[c];
}

// Results n (even) and n + 1 of row m, indexed over all rows of the weights.
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
