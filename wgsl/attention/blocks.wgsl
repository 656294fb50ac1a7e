// Attention over the cache with grouped heads, by online softmax (Milakov and Gimelshein, arXiv 1805.02867) over blocks
// of cache rows that are staged once for all queries of a workgroup (Dao et al., arXiv 2205.14135). Memory does not
// grow with the length, and K and V of a group of heads are read once.
//
// A query is one head of one row. The rows of one key/value head, times the query heads that read it, are numbered row
// by row. A workgroup takes `queries` consecutive ones and, where the cache is long, one of `splits` pieces of the rows
// that they attend to. For scores a thread computes two cache rows of the block and up to EACH queries, so that six
// loads give eight products. For the sums of v it computes one slice of four columns and up to REUSE queries; where
// there are fewer queries than lanes, several lanes ("parts") share a query's cache rows. Parts: read, write, scores,
// sees, starts, end (attention/), cache-rows (lib/).
alias Scalar = f32;

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
  // Queries of a workgroup: at most MOST and at most REUSE for each lane.
  queries: u32,
  // Cache rows of a block: a power of two, at most MOST, and no more than fit into the tile.
  block: u32,
  splits: u32,
  scale: f32,
  // Bound of the scores; 0 for none.
  softcap: f32,
}
@group(0) @binding(0) var<uniform> params: Params;

const THREADS: u32 = 128u;
const REUSE: u32 = 4u;
const MOST: u32 = 32u;
const TILE: u32 = 512u;

// Queries of a thread while it computes scores.
const EACH: u32 = 4u;
// One more than a block can have, so that the scores of neighbouring queries are in different banks.
const STRIDE: u32 = MOST + 1u;

// 8 + 4.1 + 0.25 KiB. A block of k, [slice][cache row]; then the same rows of v, [cache row][slice].
var<workgroup> tile: array<vec4<f32>, TILE>;
// Scores, then softmax weights: [query][cache row of the block].
var<workgroup> shares: array<f32, MOST * STRIDE>;
var<workgroup> largest: array<f32, MOST>;
var<workgroup> shrink: array<f32, MOST>;

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let number = workgroup_number(id, count);
  let split = number % params.splits;
  let kv_head = number / params.splits % params.kv_heads;
  let first = number / params.splits / params.kv_heads * params.queries;
  let slices = params.slices;
  let group = params.heads / params.kv_heads;
  let all = params.rows * group;
  // Past the end of a folded dispatch there is nothing to read.
  let queries = min(params.queries, all - min(all, first));

  let lanes = THREADS / slices;
  let parts = max(1u, lanes / params.queries);
  let columns = lanes / parts;
  let slice = thread % slices;
  let part = thread / slices % parts;
  let column = thread / slices / parts;
  let works = column < columns;

  // Cache rows that any query of this workgroup attends to, and the part of them that is this split's.
  let begin = max(first_seen(first / group), first_kept(kv_head));
  let end = end_seen((first + max(queries, 1u) - 1u) / group);
  let each = (end - begin + params.splits - 1u) / params.splits;
  let start = begin + split * each;
  let to = select(0u, min(end, start + each), queries > 0u);

  let block = params.block;
  // The thread's two cache rows, and its lane among the threads that share them.
  let apart = block / 2u;
  let at = thread % apart;
  let sharer = thread / apart;
  let sharers = THREADS / apart;
  // Row and head of the thread's queries; those past the end repeat the last one and are not stored.
  var row_of: array<u32, EACH>;
  var head_of: array<u32, EACH>;
  // The positions that each of them attends to.
  var seen_of: array<vec2<u32>, EACH>;
  for (var j = 0u; j < EACH; j++) {
    let query = first + min(sharer + j * sharers, max(queries, 1u) - 1u);
    row_of[j] = query / group;
    head_of[j] = kv_head * group + query % group;
    seen_of[j] = vec2<u32>(first_seen(row_of[j]), end_seen(row_of[j]));
  }

  var acc: array<vec4<f32>, REUSE>;
  var total: array<f32, REUSE>;
  if (thread < MOST) {
    largest[thread] = LOWEST;
  }
  for (var base = start; base < to; base += block) {
    for (var i = thread; i < block * slices; i += THREADS) {
      let t = base + i / slices;
      if (t < to) {
        tile[i % slices * block + i / slices] = k4(cache_row(t), kv_head, i % slices);
      }
    }
    workgroupBarrier();
    var sums = array<vec2<f32>, EACH>();
    for (var i = 0u; i < slices; i++) {
      let key = tile[i * block + at];
      let other = tile[i * block + at + apart];
      for (var j = 0u; j < EACH; j++) {
        if (j * sharers < queries) {
          let q = q4(row_of[j], head_of[j], i);
          sums[j] += vec2<f32>(dot(q, key), dot(q, other));
        }
      }
    }
    for (var j = 0u; j < EACH; j++) {
      let query = sharer + j * sharers;
      if (query < queries) {
        for (var i = 0u; i < 2u; i++) {
          let t = base + at + i * apart;
          let sees = t < to && t < seen_of[j].y && t >= seen_of[j].x;
          shares[query * STRIDE + at + i * apart] = select(LOWEST, bounded(sums[j][i] * scale_of(row_of[j])), sees);
        }
      }
    }
    workgroupBarrier();
    if (thread < queries) {
      let before = largest[thread];
      var now = before;
      for (var i = 0u; i < block; i++) {
        now = max(now, shares[thread * STRIDE + i]);
      }
      largest[thread] = now;
      shrink[thread] = exp(before - now);
    }
    for (var i = thread; i < block * slices; i += THREADS) {
      let t = base + i / slices;
      tile[i] = vec4<f32>();
      if (t < to) {
        tile[i] = v4(cache_row(t), kv_head, i % slices);
      }
    }
    workgroupBarrier();
    for (var query = sharer / 2u; query < queries; query += sharers / 2u) {
      let place = query * STRIDE + (thread & (block - 1u));
      let value = shares[place];
      shares[place] = select(0.0, exp(value - largest[query]), value > LOWEST);
    }
    workgroupBarrier();
    if (works) {
      for (var j = 0u; j < REUSE; j++) {
        let query = min(column + j * columns, MOST - 1u);
        acc[j] *= shrink[query];
        total[j] *= shrink[query];
      }
      for (var i = part; i < block; i += parts) {
        let value = tile[i * slices + slice];
        for (var j = 0u; j < REUSE; j++) {
          // All threads enter or none; threads without a query add zeros.
          if (j * columns < queries) {
            let share = shares[min(column + j * columns, MOST - 1u) * STRIDE + i];
            acc[j] += share * value;
            total[j] += share;
          }
        }
      }
    }
    workgroupBarrier();
  }

  if (parts > 1u) {
    // Few queries: each lane has at most one, and its parts are neighbours.
    tile[thread] = acc[0];
    shares[thread] = total[0];
    workgroupBarrier();
    if (works && part == 0u) {
      for (var p = 1u; p < parts; p++) {
        acc[0] += tile[thread + p * slices];
        total[0] += shares[thread + p * slices];
      }
    }
  }
  for (var j = 0u; j < REUSE; j++) {
    let query = column + j * columns;
    if (works && part == 0u && query < queries) {
      let row = (first + query) / group;
      let head = kv_head * group + (first + query) % group;
      end_slice(row, head, split, slice, acc[j], largest[query], total[j]);
    }
  }
}
