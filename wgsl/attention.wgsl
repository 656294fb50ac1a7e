// Causal attention with grouped heads over the cache; one workgroup per row and query head, online
// softmax (Milakov and Gimelshein, arXiv 1805.02867) over blocks of THREADS cache rows: memory does not
// grow with the length. A thread scores one cache row of a block, then sums four columns of v over every
// PARTS-th row of it, PARTS = THREADS / (width / 4). Head width: a multiple of 4, at most 256.
alias Scalar = f32;

struct Params {
  rows: u32,
  heads: u32,
  kv_heads: u32,
  // Of a head, in fours.
  slices: u32,
  position: u32,
  // Cache rows that a row sees, its own included; 0 for all.
  window: u32,
  scale: f32,
  // Bound of the scores; 0 for none.
  softcap: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> q: array<vec4<Scalar>>;
@group(0) @binding(2) var<storage, read> k: array<vec4<Scalar>>;
@group(0) @binding(3) var<storage, read> v: array<vec4<Scalar>>;
@group(0) @binding(4) var<storage, read_write> out: array<vec4<Scalar>>;

const THREADS: u32 = 64u;
const LOWEST: f32 = -3.0e38;
var<workgroup> query: array<vec4<f32>, 64>;
var<workgroup> scores: array<f32, THREADS>;
var<workgroup> shares: array<f32, THREADS>;
var<workgroup> parts: array<vec4<f32>, THREADS>;

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let number = workgroup_number(id, count);
  let row = number / params.heads;
  let head = number % params.heads;
  let slices = params.slices;
  let part_count = THREADS / slices;
  let part = thread / slices;
  let slice = thread % slices;
  // Cache rows are kv_heads · slices wide.
  let stride = params.kv_heads * slices;
  let column = head / (params.heads / params.kv_heads) * slices;
  // Of rows past the end (a folded dispatch) nothing is computed.
  let seen = select(0u, params.position + row + 1u, row < params.rows);

  if (thread < slices) {
    query[thread] = vec4<f32>(q[number * slices + thread]) * params.scale;
  }
  workgroupBarrier();

  var largest = LOWEST;
  var total = 0.0;
  var acc = vec4<f32>();
  let begin = select(0u, seen - min(seen, params.window), params.window > 0u);
  for (var base = begin; base < seen; base += THREADS) {
    let t = base + thread;
    var score = LOWEST;
    if (t < seen) {
      score = 0.0;
      for (var i = 0u; i < slices; i++) {
        score += dot(query[i], vec4<f32>(k[t * stride + column + i]));
      }
      if (params.softcap > 0.0) {
        score = params.softcap * tanh(score / params.softcap);
      }
    }
    scores[thread] = score;
    workgroupBarrier();
    for (var step = THREADS / 2u; step > 0u; step >>= 1u) {
      if (thread < step) {
        scores[thread] = max(scores[thread], scores[thread + step]);
      }
      workgroupBarrier();
    }
    let now = max(largest, scores[0]);
    let shrink = exp(largest - now);
    let share = select(0.0, exp(score - now), t < seen);
    largest = now;
    total = total * shrink + share;
    shares[thread] = share;
    workgroupBarrier();
    acc *= shrink;
    if (part < part_count) {
      let end = min(THREADS, seen - base);
      for (var j = part; j < end; j += part_count) {
        acc += shares[j] * vec4<f32>(v[(base + j) * stride + column + slice]);
      }
    }
    workgroupBarrier();
  }

  scores[thread] = total;
  parts[thread] = acc;
  workgroupBarrier();
  if (thread < slices && row < params.rows) {
    var sum = 0.0;
    for (var i = 0u; i < THREADS; i++) {
      sum += scores[i];
    }
    var value = vec4<f32>();
    for (var p = 0u; p < part_count; p++) {
      value += parts[p * slices + thread];
    }
    out[number * slices + thread] = vec4<Scalar>(value / sum);
  }
}
