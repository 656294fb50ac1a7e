// Attention of one row over the cache with grouped heads, for a decode step. The scores of a whole chunk of cache rows
// are computed before threads exchange anything, so a chunk costs four barriers whatever its length. K and V are read
// in place, each once, for all queries of a workgroup. Online softmax (Milakov and Gimelshein, arXiv 1805.02867) over
// chunks; a long cache is split among workgroups (Flash-Decoding, Dao et al. 2023).
//
// A query is a head; a workgroup takes up to QUERIES consecutive heads that read the same key/value head, and one of
// `splits` pieces of the cache. Threads have three roles in turn: a cache row each (scores), a lane of a query
// (softmax), a slice of four columns of every parts-th cache row (sums of v). Parts: read, write, scores, starts, end
// (attention/), cache-rows (lib/).
alias Scalar = f32;
const QUERIES: u32 = 1u;

struct Params {
  heads: u32,
  kv_heads: u32,
  width: u32,
  // Slices (fours) of a head; the last may be partial.
  slices: u32,
  position: u32,
  // For a ring (lib/cache-rows-ring.wgsl); else 0.
  lap: u32,
  ring: u32,
  // Positions that the row attends to, its own included; 0 for all.
  window: u32,
  splits: u32,
  scale: f32,
  // Bound of the scores; 0 for none.
  softcap: f32,
}
@group(0) @binding(0) var<uniform> params: Params;

const THREADS: u32 = 128u;
// Cache rows of a chunk for each thread.
const EACH: u32 = 4u;
const CHUNK: u32 = EACH * THREADS;
// Lanes of a query in the softmax.
const LANES: u32 = 32u;

// Scores of a chunk, then softmax weights: [query][cache row of the chunk]. At the end sums of v: [query][thread][4].
var<workgroup> shares: array<f32, QUERIES * CHUNK>;
// [query][lane]: largest scores; at the end sums of softmax weights.
var<workgroup> lanes: array<f32, QUERIES * LANES>;
// Factor by which the sums of earlier chunks shrink.
var<workgroup> shrink: array<f32, QUERIES>;

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let number = workgroup_number(id, count);
  let split = number % params.splits;
  let kv_head = number / params.splits % params.kv_heads;
  let group = params.heads / params.kv_heads;
  let first = number / params.splits / params.kv_heads * QUERIES;
  // Past the end of a folded dispatch there is nothing to read.
  let queries = min(QUERIES, group - min(group, first));
  let head = kv_head * group + first;

  let end = params.position + 1u;
  let begin = max(first_seen(0u), first_kept(kv_head));
  let each = (end - begin + params.splits - 1u) / params.splits;
  let start = begin + split * each;
  let to = select(0u, min(end, start + each), queries > 0u);

  let slices = params.slices;
  let parts = THREADS / slices;
  let slice = thread % slices;
  let part = thread / slices;
  let query = thread / LANES;
  let lane = thread % LANES;

  var acc: array<vec4<f32>, QUERIES>;
  // State of the lane's query; the sum is of this lane's weights only.
  var largest = LOWEST;
  var total = 0.0;
  for (var base = start; base < to; base += CHUNK) {
    let rows = min(CHUNK, to - base);
    // A slice of a query is read once for all cache rows of the thread.
    var row_of: array<u32, EACH>;
    for (var r = 0u; r < EACH; r++) {
      row_of[r] = cache_row(base + min(thread + r * THREADS, rows - 1u));
    }
    // The explicit zeros are needed: Dawn does not reset a variable without initialiser in each iteration.
    var sums = array<array<f32, EACH>, QUERIES>();
    for (var i = 0u; i < slices; i++) {
      var own: array<vec4<f32>, QUERIES>;
      for (var j = 0u; j < QUERIES; j++) {
        own[j] = q4(0u, min(head + j, params.heads - 1u), i);
      }
      for (var r = 0u; r < EACH; r++) {
        if (thread + r * THREADS < rows) {
          let key = k4(row_of[r], kv_head, i);
          for (var j = 0u; j < QUERIES; j++) {
            sums[j][r] += dot(own[j], key);
          }
        }
      }
    }
    for (var r = 0u; r < EACH; r++) {
      let t = thread + r * THREADS;
      for (var j = 0u; j < QUERIES; j++) {
        if (t < rows) {
          shares[j * CHUNK + t] = bounded(sums[j][r] * scale_of(0u));
        }
      }
    }
    workgroupBarrier();
    if (query < QUERIES) {
      var most = LOWEST;
      for (var t = lane; t < rows; t += LANES) {
        most = max(most, shares[query * CHUNK + t]);
      }
      lanes[query * LANES + lane] = most;
    }
    workgroupBarrier();
    if (query < QUERIES) {
      let before = largest;
      for (var l = 0u; l < LANES; l++) {
        largest = max(largest, lanes[query * LANES + l]);
      }
      let less = exp(before - largest);
      total *= less;
      for (var t = lane; t < rows; t += LANES) {
        let share = exp(shares[query * CHUNK + t] - largest);
        shares[query * CHUNK + t] = share;
        total += share;
      }
      if (lane == 0u) {
        shrink[query] = less;
      }
    }
    workgroupBarrier();
    if (part < parts) {
      for (var j = 0u; j < QUERIES; j++) {
        acc[j] *= shrink[j];
      }
      for (var t = part; t < rows; t += parts) {
        let value = v4(cache_row(base + t), kv_head, slice);
        for (var j = 0u; j < QUERIES; j++) {
          acc[j] += shares[j * CHUNK + t] * value;
        }
      }
    }
    workgroupBarrier();
  }

  for (var j = 0u; j < QUERIES; j++) {
    let at = (j * THREADS + thread) * 4u;
    for (var i = 0u; i < 4u; i++) {
      shares[at + i] = acc[j][i];
    }
  }
  if (query < QUERIES) {
    lanes[query * LANES + lane] = total;
    if (lane == 0u) {
      shrink[query] = largest;
    }
  }
  workgroupBarrier();
  for (var n = thread; n < queries * slices; n += THREADS) {
    let j = n / slices;
    let column = n % slices;
    var sum = vec4<f32>();
    for (var p = 0u; p < parts; p++) {
      let at = (j * THREADS + p * slices + column) * 4u;
      sum += vec4<f32>(shares[at], shares[at + 1u], shares[at + 2u], shares[at + 3u]);
    }
    var whole = 0.0;
    for (var l = 0u; l < LANES; l++) {
      whole += lanes[j * LANES + l];
    }
    end_slice(0u, head + j, split, column, sum, shrink[j], whole);
  }
}
