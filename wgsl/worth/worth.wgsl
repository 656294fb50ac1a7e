// The most attention that each earlier row of the cache gets from any query of a run; after worth/totals.wgsl. A thread
// owns a row of a key/value head, and reads its key once for EACH queries. Parts: keys (attention/read), scores, starts
// (attention/).
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
// [key/value head][position]
@group(0) @binding(4) var<storage, read_write> out: array<f32>;
// [row][head]: (largest score, 1 / sum).
@group(0) @binding(5) var<storage, read> workspace: array<vec2<f32>>;

const THREADS: u32 = 64u;
const EACH: u32 = 4u;

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let number = workgroup_number(id, count);
  let kv_head = number % params.kv_heads;
  let t = number / params.kv_heads * THREADS + thread;
  if (t >= params.position) {
    return;
  }
  let group = params.heads / params.kv_heads;
  let all = params.rows * group;
  var most = 0.0;
  if (t >= first_kept(kv_head)) {
    for (var first = 0u; first < all; first += EACH) {
      // The explicit zeros are needed: Dawn does not reset a variable without initialiser in each iteration.
      var dots = array<f32, EACH>();
      for (var i = 0u; i < params.slices; i++) {
        let key = k4(t, kv_head, i);
        for (var j = 0u; j < EACH; j++) {
          let query = min(first + j, all - 1u);
          dots[j] += dot(q4(query / group, kv_head * group + query % group, i), key);
        }
      }
      for (var j = 0u; j < EACH; j++) {
        let query = min(first + j, all - 1u);
        let row = query / group;
        let whole = workspace[row * params.heads + kv_head * group + query % group];
        most = max(most, exp(bounded(dots[j] * scale_of(row)) - whole.x) * whole.y);
      }
    }
  }
  out[kv_head * params.position + t] = most;
}
