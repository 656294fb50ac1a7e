// Epilogue of `qkv`: adds the bias, rotates q and k (a pair is two neighbouring rows of the weights), then stores q in
// its own tensor, k and v in their rows of the cache.
struct Params {
  rows: u32,
  k: u32,
  // Bound rows of the weights, and the index of the first.
  n: u32,
  n_first: u32,
  // Chunks of 32 weights in a stored row.
  chunks: u32,
  x_row: u32,
  q_cols: u32,
  kv_cols: u32,
  head_width: u32,
  rotary: u32,
  // Position of the first row, and the cache rows of its k and v (part cache-rows).
  position: u32,
  k_row: u32,
  v_row: u32,
  // For a ring (lib/cache-rows-ring.wgsl); else 0.
  lap: u32,
  ring: u32,
  eps: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(6) var<storage, read_write> q: array<Scalar>;
@group(0) @binding(7) var<storage, read_write> k: array<Scalar>;
@group(0) @binding(8) var<storage, read_write> v: array<Scalar>;
@group(0) @binding(9) var<storage, read> table: array<f32>;

fn turned(m: u32, n: u32, pair: vec2<f32>) -> vec2<f32> {
  let i = n % params.head_width;
  if (i >= params.rotary) {
    return pair;
  }
  let at = (params.position + m) * params.rotary + i;
  let c = table[at];
  let s = table[at + 1u];
  return vec2<f32>(pair.x * c - pair.y * s, pair.y * c + pair.x * s);
}

// Results n (even) and n + 1 of row m, indexed over all rows of the weights.
fn finish(m: u32, n: u32, a: f32, b: f32) {
  let pair = vec2<f32>(a + bias_at(n), b + bias_at(n + 1u));
  let k_end = params.q_cols + params.kv_cols;
  if (n < params.q_cols) {
    let r = turned(m, n, pair);
    let at = m * params.q_cols + n;
    q[at] = Scalar(r.x);
    q[at + 1u] = Scalar(r.y);
  } else if (n < k_end) {
    let r = turned(m, n - params.q_cols, pair);
    let at = cache_row(params.k_row + m) * params.kv_cols + n - params.q_cols;
    k[at] = Scalar(r.x);
    k[at + 1u] = Scalar(r.y);
  } else {
    let at = cache_row(params.v_row + m) * params.kv_cols + n - k_end;
    v[at] = Scalar(pair.x);
    v[at + 1u] = Scalar(pair.y);
  }
}

// Called when a workgroup has all its results; nothing to do here.
fn end_product(row: u32, tile: u32, thread: u32) {}
