// A scan of a few rows, one after the other; a workgroup computes a head. A thread owns a column of the state in a part
// of its rows, so the state goes through memory without barriers. The slots of the state are distinct. Parts: shared,
// results, gates, rule, strength, finish (scan/), silu (lib/).
@group(0) @binding(3) var<storage, read_write> state: array<f32>;

const THREADS: u32 = 256u;
var<workgroup> keys: array<f32, THREADS>;
var<workgroup> queries: array<f32, THREADS>;
var<workgroup> shares: array<f32, THREADS>;
var<workgroup> squares: array<vec2<f32>, THREADS>;

// The sum over all threads.
fn total(part: vec2<f32>, thread: u32) -> vec2<f32> {
  workgroupBarrier();
  squares[thread] = part;
  workgroupBarrier();
  for (var stride = THREADS / 2u; stride > 0u; stride >>= 1u) {
    if (thread < stride) {
      squares[thread] += squares[thread + stride];
    }
    workgroupBarrier();
  }
  return squares[0];
}

// The sum over the threads of a column.
fn column_sum(share: f32, thread: u32) -> f32 {
  workgroupBarrier();
  shares[thread] = share;
  workgroupBarrier();
  var sum = 0.0;
  let parts = THREADS / params.head_width;
  for (var p = 0u; p < parts; p++) {
    sum += shares[p * params.head_width + thread % params.head_width];
  }
  return sum;
}

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let head = workgroup_number(id, count);
  if (head >= params.heads) {
    return;
  }
  let width = params.head_width;
  let c = thread % width;
  let parts = THREADS / width;
  let share = (params.key_width + parts - 1u) / parts;
  let first = min(thread / width * share, params.key_width);
  // Threads beyond the last whole part own nothing.
  let end = select(min(first + share, params.key_width), first, thread / width >= parts);
  let target_state = state_start(params.write, head) + c;
  for (var row = 0u; row < params.rows; row++) {
    var key = 0.0;
    var query = 0.0;
    if (thread < params.key_width) {
      key = f32(x[k_start(row, head) + thread]);
      query = f32(x[q_start(row, head) + thread]);
    }
    if (DELTA) {
      let sums = total(vec2<f32>(key * key, query * query), thread);
      key *= key_norm(sums.x);
      query *= key_norm(sums.y) * q_scale();
    }
    workgroupBarrier();
    keys[thread] = key;
    queries[thread] = query;
    workgroupBarrier();
    let slot = select(params.write, params.read, row == 0u);
    let source = state_start(slot, head) + c;
    let empty = params.position + row == 0u;
    let decay = exp(log_decay(row, head));
    var value = f32(x[v_start(row, head) + c]);
    if (DELTA) {
      var seen = 0.0;
      if (!empty) {
        for (var n = first; n < end; n++) {
          seen += keys[n] * state[source + n * width];
        }
      }
      value -= decay * column_sum(seen, thread);
    }
    value *= strength(row, head);
    var result = 0.0;
    for (var n = first; n < end; n++) {
      var number = keys[n] * value;
      if (!empty) {
        number += decay * state[source + n * width];
      }
      state[target_state + n * width] = number;
      result += queries[n] * number;
    }
    let y = column_sum(result, thread);
    var own = 0.0;
    if (DELTA) {
      own = total(vec2<f32>(select(0.0, y * y, thread < width), 0.0), thread).x;
    }
    if (thread < width) {
      put(row, head, c, y, own);
    }
  }
}
