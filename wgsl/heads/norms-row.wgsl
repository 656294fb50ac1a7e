// Norms of all heads of q together, and of all heads of k: each workgroup sums the squares of the whole row again. Only
// for heads.wgsl, which has the row in x. Part: place (heads/).
@group(0) @binding(10) var<storage, read> q_norm: array<f32>;
@group(0) @binding(11) var<storage, read> k_norm: array<f32>;

fn before_turn(head: u32, c: u32) -> f32 {
  if (head < params.heads) {
    return q_norm[head * params.head_width + c];
  }
  return k_norm[(head - params.heads) * params.head_width + c];
}

fn after_turn(head: u32, c: u32) -> f32 {
  return 1.0;
}

fn norm_scale(row: u32, head: u32, thread: u32) -> f32 {
  let is_q = head < params.heads;
  let count = select(params.kv_heads, params.heads, is_q);
  let first = row * (params.heads + 2u * params.kv_heads) + select(params.heads, 0u, is_q);
  let width = count * params.head_width;
  var sum = 0.0;
  for (var c = thread; c < width; c += THREADS) {
    let value = f32(x[first * params.head_width + c]);
    sum += value * value;
  }
  return inverseSqrt(head_sum(sum, thread) / f32(width) + params.head_eps);
}
