// The heads of a row of q, k and v: those of q and k RMS-normalised and turned by rotary embedding, then each to
// its place; one workgroup per head of a row. A thread turns whole pairs, so nobody waits for the norm's products.
// Parts: heads_norms, heads_put, cache_rows (lib/).
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
@group(0) @binding(4) var<storage, read> table: array<f32>;
@group(0) @binding(5) var<storage, read_write> q: array<Scalar>;

const THREADS: u32 = 64u;
var<workgroup> squares: array<f32, THREADS>;

// Number c of the row's head.
fn put(row: u32, head: u32, c: u32, value: f32) {
  if (head < params.heads) {
    q[(row * params.heads + head) * params.head_width + c] = Scalar(value);
  } else {
    put_cached(row, head - params.heads, c, value);
  }
}

fn squares_of_head(start: u32, thread: u32) -> f32 {
  var sum = 0.0;
  for (var c = thread; c < params.head_width; c += THREADS) {
    let value = f32(x[start + c]);
    sum += value * value;
  }
  squares[thread] = sum;
  workgroupBarrier();
  for (var stride = THREADS / 2u; stride > 0u; stride >>= 1u) {
    if (thread < stride) {
      squares[thread] += squares[thread + stride];
    }
    workgroupBarrier();
  }
  return squares[0];
}

fn turn(row: u32, head: u32, start: u32, scale: f32, thread: u32) {
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
  for (var c = params.rotary + thread; c < params.head_width; c += THREADS) {
    put(row, head, c, f32(x[start + c]) * scale * weight_at(head, c));
  }
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
  let start = number * params.head_width;
  if (row >= params.rows) {
    return;
  }
  if (head < params.heads + params.kv_heads) {
    var scale = 1.0;
    if (NORMED) {
      scale = inverseSqrt(squares_of_head(start, thread) / f32(params.head_width) + params.eps);
    }
    turn(row, head, start, scale, thread);
  } else {
    for (var c = thread; c < params.head_width; c += THREADS) {
      put(row, head, c, f32(x[start + c]));
    }
  }
  if (head >= params.heads) {
    end_cached(row, head - params.heads, thread);
  }
}
