// The heads of a row of q, k and v: those of q and k RMS-normalised and turned by rotary embedding, then each to
// its place; one workgroup per head of a row. A thread turns whole pairs, so nobody waits for the norm's products.
alias Scalar = f32;

struct Params {
  rows: u32,
  heads: u32,
  kv_heads: u32,
  head_width: u32,
  rotary: u32,
  // Of the first row in the text, and where k and v of it go (parts cache_rows).
  position: u32,
  k_row: u32,
  v_row: u32,
  // Of a ring (cache_rows_ring.wgsl); else 0.
  lap: u32,
  ring: u32,
  // Distance between pairs, and between the two numbers of a pair.
  step: u32,
  apart: u32,
  eps: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<Scalar>;
@group(0) @binding(2) var<storage, read> q_norm: array<f32>;
@group(0) @binding(3) var<storage, read> k_norm: array<f32>;
@group(0) @binding(4) var<storage, read> table: array<f32>;
@group(0) @binding(5) var<storage, read_write> q: array<Scalar>;
@group(0) @binding(6) var<storage, read_write> k: array<Scalar>;
@group(0) @binding(7) var<storage, read_write> v: array<Scalar>;

const THREADS: u32 = 64u;
var<workgroup> squares: array<f32, THREADS>;

// Number c of the row's head.
fn put(row: u32, head: u32, c: u32, value: f32) {
  let width = params.head_width;
  let k_end = params.heads + params.kv_heads;
  if (head < params.heads) {
    q[(row * params.heads + head) * width + c] = Scalar(value);
  } else if (head < k_end) {
    k[(cache_row(params.k_row + row) * params.kv_heads + head - params.heads) * width + c] = Scalar(value);
  } else {
    v[(cache_row(params.v_row + row) * params.kv_heads + head - k_end) * width + c] = Scalar(value);
  }
}

fn weight_at(head: u32, c: u32) -> f32 {
  if (head < params.heads) {
    return q_norm[c];
  }
  return k_norm[c];
}

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let all = params.heads + 2u * params.kv_heads;
  let number = workgroup_number(id, count);
  let row = number / all;
  let head = number % all;
  let width = params.head_width;
  let start = number * width;
  let inside = row < params.rows;

  var sum = 0.0;
  if (inside) {
    for (var c = thread; c < width; c += THREADS) {
      let value = f32(x[start + c]);
      sum += value * value;
    }
  }
  squares[thread] = sum;
  workgroupBarrier();
  for (var stride = THREADS / 2u; stride > 0u; stride >>= 1u) {
    if (thread < stride) {
      squares[thread] += squares[thread + stride];
    }
    workgroupBarrier();
  }
  if (!inside) {
    return;
  }
  if (head >= params.heads + params.kv_heads) {
    for (var c = thread; c < width; c += THREADS) {
      put(row, head, c, f32(x[start + c]));
    }
    return;
  }
  let scale = inverseSqrt(squares[0] / f32(width) + params.eps);
  let angles = (params.position + row) * params.rotary;
  for (var i = thread; 2u * i < params.rotary; i += THREADS) {
    let at = i * params.step;
    let next = at + params.apart;
    let a = f32(x[start + at]) * scale * weight_at(head, at);
    let b = f32(x[start + next]) * scale * weight_at(head, next);
    let c = table[angles + 2u * i];
    let s = table[angles + 2u * i + 1u];
    put(row, head, at, a * c - b * s);
    put(row, head, next, b * c + a * s);
  }
  for (var c = params.rotary + thread; c < width; c += THREADS) {
    put(row, head, c, f32(x[start + c]) * scale * weight_at(head, c));
  }
}
