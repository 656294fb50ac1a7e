// Normalises (where there are norms), rotates and stores a head of a row of q, k or v. A thread rotates whole pairs, so
// no thread waits for the norm's products of another. Needs raw(c), number c of the unprocessed head. Parts: norms, put,
// gates (heads/), cache-rows (lib/). A part for norms has the weights before_turn and after_turn, and norm_scale.
@group(0) @binding(6) var<storage, read_write> q: array<Scalar>;
@group(0) @binding(9) var<storage, read> table: array<f32>;

// Threads of a workgroup; a power of two.
const THREADS: u32 = 64u;
// Heads of v are normalised too, without weights.
const V_NORM: bool = false;
var<workgroup> head_squares: array<f32, THREADS>;

// Number c of the row's head.
fn put(row: u32, head: u32, c: u32, value: f32) {
  if (head < params.heads) {
    q[(row * params.heads + head) * params.head_width + c] = Scalar(value);
  } else {
    put_cached(row, head - params.heads, c, value);
  }
}

// The sum over the threads of a workgroup.
fn head_sum(part: f32, thread: u32) -> f32 {
  head_squares[thread] = part;
  workgroupBarrier();
  for (var stride = THREADS / 2u; stride > 0u; stride >>= 1u) {
    if (thread < stride) {
      head_squares[thread] += head_squares[thread + stride];
    }
    workgroupBarrier();
  }
  return head_squares[0];
}

fn scale_of_head(thread: u32) -> f32 {
  var sum = 0.0;
  for (var c = thread; c < params.head_width; c += THREADS) {
    let value = raw(c);
    sum += value * value;
  }
  return inverseSqrt(head_sum(sum, thread) / f32(params.head_width) + params.head_eps);
}

fn turn(row: u32, head: u32, scale: f32, thread: u32) {
  let angles = (params.position + row) * params.rotary;
  for (var i = thread; 2u * i < params.rotary; i += THREADS) {
    let at = i * params.step;
    let next = at + params.apart;
    let a = raw(at) * scale * before_turn(head, at);
    let b = raw(next) * scale * before_turn(head, next);
    let c = table[angles + 2u * i];
    let s = table[angles + 2u * i + 1u];
    put(row, head, at, (a * c - b * s) * after_turn(head, at));
    put(row, head, next, (b * c + a * s) * after_turn(head, next));
  }
  for (var c = params.rotary + thread; c < params.head_width; c += THREADS) {
    put(row, head, c, raw(c) * scale * before_turn(head, c) * after_turn(head, c));
  }
}

// All threads of a workgroup call this; heads are indexed over q, then k, then v, then gates by as many as a head has
// columns.
fn place_head(row: u32, head: u32, thread: u32) {
  let heads = params.heads + 2u * params.kv_heads;
  if (head >= heads) {
    let first = (head - heads) * params.head_width;
    for (var c = thread; c < params.head_width && first + c < gates_of_row(); c += THREADS) {
      put_gate(row, first + c, raw(c));
    }
    return;
  }
  if (head < params.heads + params.kv_heads) {
    turn(row, head, norm_scale(row, head, thread), thread);
  } else {
    var scale = 1.0;
    if (V_NORM) {
      scale = scale_of_head(thread);
    }
    for (var c = thread; c < params.head_width; c += THREADS) {
      put(row, head, c, raw(c) * scale);
    }
  }
  if (head >= params.heads) {
    end_cached(row, head - params.heads, thread);
  }
}
