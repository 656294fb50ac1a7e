// Second stage of a chunked scan: a workgroup takes COLUMNS columns of a head through all chunks. With S the state before
// the chunk, u = T·(v − exp(g)·k·S), results are exp(g)·q·S + M·u, and S becomes exp(g_end)·S + Σ exp(g_end − g)·k·u. T
// and M: scan/prepare.wgsl. The slots of the state are distinct. Source: Yang et al., arXiv 2412.06464. Parts: shared,
// rule, pieces (scan/).
@group(0) @binding(1) var<storage, read> x: array<Scalar>;
@group(0) @binding(3) var<storage, read_write> state: array<f32>;
@group(0) @binding(5) var<storage, read_write> workspace: array<f32>;

const THREADS: u32 = 256u;
const COLUMNS: u32 = 32u;
// Rows of a chunk that are computed at a time, and their number for a thread.
const LANES: u32 = THREADS / COLUMNS;
const EACH: u32 = CHUNK / LANES;
var<workgroup> values: array<f32, CHUNK * COLUMNS>;
var<workgroup> solved: array<f32, CHUNK * COLUMNS>;

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let blocks = (params.head_width + COLUMNS - 1u) / COLUMNS;
  let number = workgroup_number(id, count);
  let head = number / blocks;
  if (head >= params.heads) {
    return;
  }
  let column = thread % COLUMNS;
  let lane = thread / COLUMNS;
  let c = number % blocks * COLUMNS + column;
  let inside = c < params.head_width;
  let width = params.head_width;
  let target_state = state_start(params.write, head) + c;
  for (var start = 0u; start < params.rows; start += CHUNK) {
    let rows = min(CHUNK, params.rows - start);
    let piece = piece_start(head, start / CHUNK);
    let of_rows = piece + 2u * CHUNK * CHUNK;
    let source = state_start(select(params.write, params.read, start == 0u), head) + c;
    let empty = params.position + start == 0u;
    var read: array<f32, EACH>;
    for (var m = 0u; m < EACH; m++) {
      let i = lane + m * LANES;
      var seen = 0.0;
      read[m] = 0.0;
      var value = 0.0;
      if (inside && i < rows) {
        if (!empty) {
          let k = k_start(start + i, head);
          let q = q_start(start + i, head);
          var by_key = 0.0;
          var by_query = 0.0;
          for (var n = 0u; n < params.key_width; n++) {
            let s = state[source + n * width];
            if (DELTA) {
              by_key += f32(x[k + n]) * s;
            }
            by_query += f32(x[q + n]) * s;
          }
          let since = workspace[of_rows + 4u * i];
          seen = since * workspace[of_rows + 4u * i + 2u] * by_key;
          read[m] = since * workspace[of_rows + 4u * i + 3u] * by_query;
        }
        value = f32(x[v_start(start + i, head) + c]) - seen;
      }
      values[i * COLUMNS + column] = value;
    }
    workgroupBarrier();
    for (var m = 0u; m < EACH; m++) {
      let i = lane + m * LANES;
      var sum = 0.0;
      for (var j = select(i, 0u, DELTA); j <= i; j++) {
        sum += workspace[piece + i * CHUNK + j] * values[j * COLUMNS + column];
      }
      solved[i * COLUMNS + column] = sum;
    }
    workgroupBarrier();
    if (inside) {
      for (var m = 0u; m < EACH; m++) {
        let i = lane + m * LANES;
        if (i < rows) {
          var y = read[m];
          for (var j = 0u; j <= i; j++) {
            y += workspace[piece + CHUNK * CHUNK + i * CHUNK + j] * solved[j * COLUMNS + column];
          }
          workspace[((start + i) * params.heads + head) * width + c] = y;
        }
      }
      let whole = workspace[of_rows + 4u * (CHUNK - 1u)];
      for (var n = lane; n < params.key_width; n += LANES) {
        var s = 0.0;
        if (!empty) {
          s = whole * state[source + n * width];
        }
        for (var j = 0u; j < rows; j++) {
          let until = workspace[of_rows + 4u * j + 1u] * workspace[of_rows + 4u * j + 2u];
          s += until * f32(x[k_start(start + j, head) + n]) * solved[j * COLUMNS + column];
        }
        state[target_state + n * width] = s;
      }
    }
    storageBarrier();
    workgroupBarrier();
  }
}
