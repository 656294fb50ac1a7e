// Attention of many rows over the cache with grouped heads, without workgroup memory and barriers, by online softmax
// (Milakov and Gimelshein, arXiv 1805.02867). A thread owns a query, one head of a row, with its q and its sums of v in
// registers, so no softmax crosses threads. Lanes of a subgroup load a cache row of k or v in fours, one each, and
// broadcast it to all. Needs subgroups of 8 lanes or more.
//
// The rows of one key/value head, times the query heads that read it, are numbered row by row. Parts: read, write,
// scores, starts, end (attention/), cache-rows (lib/).
alias Scalar = f32;
// Slices of a head in registers, a multiple of 8; those beyond the head are zero.
const SLICES: u32 = 16u;
const THREADS: u32 = 32u;

struct Params {
  rows: u32,
  heads: u32,
  kv_heads: u32,
  width: u32,
  // Slices (fours) of a head; the last may be partial.
  slices: u32,
  position: u32,
  // For a ring (lib/cache-rows-ring.wgsl); else 0.
  lap: u32,
  ring: u32,
  // Positions that a row attends to, its own included; 0 for all.
  window: u32,
  // Always 1; read by `end_slice`.
  splits: u32,
  scale: f32,
  // Bound of the scores; 0 for none.
  softcap: f32,
}
@group(0) @binding(0) var<uniform> params: Params;

// Cache rows whose softmax weights are computed before sums of v.
const BLOCK: u32 = 8u;

fn all_eight(own: vec4<f32>) -> array<vec4<f32>, 8> {
  return array<vec4<f32>, 8>(
    subgroupBroadcast(own, 0u), subgroupBroadcast(own, 1u), subgroupBroadcast(own, 2u), subgroupBroadcast(own, 3u),
    subgroupBroadcast(own, 4u), subgroupBroadcast(own, 5u), subgroupBroadcast(own, 6u), subgroupBroadcast(own, 7u),
  );
}

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
  @builtin(subgroup_invocation_id) invocation: u32,
) {
  let number = workgroup_number(id, count);
  let kv_head = number % params.kv_heads;
  let group = params.heads / params.kv_heads;
  let all = params.rows * group;
  let first = min(all, number / params.kv_heads * THREADS);
  let queries = min(THREADS, all - first);
  // Cache rows that any query of this workgroup attends to; none past the end of a folded dispatch.
  let begin = max(first_seen(first / group), first_kept(kv_head));
  let end = select(0u, params.position + (first + queries + group - 1u) / group, queries > 0u);
  let lane = invocation & 7u;
  let last = params.slices - 1u;

  // Threads past the end repeat the last query and store nothing.
  let query = min(first + thread, all - 1u);
  let row = query / group;
  let head = kv_head * group + query % group;
  let oldest = first_seen(row);
  var own: array<vec4<f32>, SLICES>;
  for (var i = 0u; i < params.slices; i++) {
    own[i] = scale_of(row) * q4(row, head, i);
  }
  // A copy, so that only `own` is addressed by numbers that the compiler does not know; likewise below.
  let query_slices = own;

  var acc: array<vec4<f32>, SLICES>;
  var total = 0.0;
  var largest = LOWEST;
  var shares: array<f32, BLOCK>;
  for (var base = begin; base < end; base += BLOCK) {
    let known = min(BLOCK, end - base);
    var now = largest;
    for (var i = 0u; i < known; i++) {
      let t = base + i;
      // An explicit zero: Dawn does not reset a variable without initialiser in each iteration.
      var sum = 0.0;
      for (var s = 0u; s < SLICES; s += 8u) {
        let key = all_eight(k4(cache_row(t), kv_head, min(s + lane, last)));
        for (var c = 0u; c < 8u; c++) {
          sum += dot(query_slices[s + c], key[c]);
        }
      }
      let sees = t <= params.position + row && t >= oldest;
      shares[i] = select(LOWEST, bounded(sum), sees);
      now = max(now, shares[i]);
    }
    let shrink = exp(largest - now);
    largest = now;
    total *= shrink;
    for (var s = 0u; s < SLICES; s++) {
      acc[s] *= shrink;
    }
    // Two cache rows at a time.
    for (var i = 0u; i < known; i += 2u) {
      let next = min(i + 1u, known - 1u);
      let a = select(0.0, exp(shares[i] - largest), shares[i] > LOWEST);
      let b = select(0.0, exp(shares[next] - largest), shares[next] > LOWEST && next > i);
      total += a + b;
      for (var s = 0u; s < SLICES; s += 8u) {
        let value = all_eight(v4(cache_row(base + i), kv_head, min(s + lane, last)));
        let after = all_eight(v4(cache_row(base + next), kv_head, min(s + lane, last)));
        for (var c = 0u; c < 8u; c++) {
          acc[s + c] = (acc[s + c] + a * value[c]) + b * after[c];
        }
      }
    }
  }

  var sums = acc;
  if (thread < queries) {
    for (var i = 0u; i < params.slices; i++) {
      end_slice(row, head, 0u, i, sums[i], largest, total);
    }
  }
}
