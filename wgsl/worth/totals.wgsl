// For each query the largest score and one over the sum of softmax weights, which worth/worth.wgsl divides by. A query is
// one head of one row; those of one key/value head are numbered row by row, and a workgroup takes EACH consecutive ones,
// so that a key is read once for them. Parts: keys (attention/read), scores, starts (attention/).
alias Scalar = f32;

struct Params {
  rows: u32,
  heads: u32,
  kv_heads: u32,
  width: u32,
  // Slices (fours) of a head; the last may be partial.
  slices: u32,
  position: u32,
  scale: f32,
  // Bound of the scores; 0 for none.
  softcap: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
// [row][head]: (largest score, 1 / sum).
@group(0) @binding(5) var<storage, read_write> workspace: array<vec2<f32>>;

const THREADS: u32 = 64u;
const EACH: u32 = 4u;

// [query][thread]: largest scores, and sums relative to them.
var<workgroup> largest: array<f32, EACH * THREADS>;
var<workgroup> sums: array<f32, EACH * THREADS>;

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let number = workgroup_number(id, count);
  let kv_head = number % params.kv_heads;
  let group = params.heads / params.kv_heads;
  let all = params.rows * group;
  let first = number / params.kv_heads * EACH;
  var row_of: array<u32, EACH>;
  var head_of: array<u32, EACH>;
  for (var j = 0u; j < EACH; j++) {
    // Those past the end repeat the last one and are not stored.
    let query = min(first + j, all - 1u);
    row_of[j] = query / group;
    head_of[j] = kv_head * group + query % group;
  }
  var most = array<f32, EACH>(LOWEST, LOWEST, LOWEST, LOWEST);
  var total = array<f32, EACH>();
  let end = select(0u, params.position + row_of[EACH - 1u] + 1u, first < all);
  for (var t = first_kept(kv_head) + thread; t < end; t += THREADS) {
    // The explicit zeros are needed: Dawn does not reset a variable without initialiser in each iteration.
    var dots = array<f32, EACH>();
    for (var i = 0u; i < params.slices; i++) {
      let key = k4(t, kv_head, i);
      for (var j = 0u; j < EACH; j++) {
        dots[j] += dot(q4(row_of[j], head_of[j], i), key);
      }
    }
    for (var j = 0u; j < EACH; j++) {
      if (t <= params.position + row_of[j]) {
        let score = bounded(dots[j] * scale_of(row_of[j]));
        let now = max(most[j], score);
        total[j] = total[j] * exp(most[j] - now) + exp(score - now);
        most[j] = now;
      }
    }
  }
  for (var j = 0u; j < EACH; j++) {
    largest[j * THREADS + thread] = most[j];
    sums[j * THREADS + thread] = total[j];
  }
  workgroupBarrier();
  if (thread < EACH && first + thread < all) {
    var now = LOWEST;
    for (var i = 0u; i < THREADS; i++) {
      now = max(now, largest[thread * THREADS + i]);
    }
    var sum = 0.0;
    for (var i = 0u; i < THREADS; i++) {
      sum += sums[thread * THREADS + i] * exp(largest[thread * THREADS + i] - now);
    }
    workspace[row_of[thread] * params.heads + head_of[thread]] = vec2<f32>(now, 1.0 / sum);
  }
}
