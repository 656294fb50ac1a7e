// First stage of a chunked scan; a workgroup prepares a head of a chunk. With g the sum of logarithms of decays within
// the chunk, A[i,j] = strength[i]·exp(g[i] − g[j])·k[i]·k[j] below the diagonal and M[i,j] = exp(g[i] − g[j])·q[i]·k[j]
// up to it, it stores (I + A)⁻¹ and M. Without subtraction A is 0. Parts: shared, gates, rule, strength,
// pieces (scan/), silu (lib/).
@group(0) @binding(1) var<storage, read> x: array<Scalar>;
@group(0) @binding(2) var<storage, read> weights: array<f32>;
@group(0) @binding(5) var<storage, read_write> workspace: array<f32>;

const THREADS: u32 = 256u;
const LANES: u32 = 8u;
var<workgroup> decays: array<f32, CHUNK>;
var<workgroup> sums: array<f32, CHUNK>;
var<workgroup> strengths: array<f32, CHUNK>;
var<workgroup> shares: array<vec2<f32>, THREADS>;
var<workgroup> norms: array<vec2<f32>, CHUNK>;
var<workgroup> system: array<f32, CHUNK * CHUNK>;
var<workgroup> solved: array<f32, CHUNK * CHUNK>;

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let number = workgroup_number(id, count);
  let head = number % params.heads;
  let chunk = number / params.heads;
  let start = chunk * CHUNK;
  if (start >= params.rows) {
    return;
  }
  let rows = min(CHUNK, params.rows - start);
  if (thread < CHUNK) {
    decays[thread] = 0.0;
    strengths[thread] = 0.0;
    if (thread < rows) {
      decays[thread] = log_decay(start + thread, head);
      strengths[thread] = strength(start + thread, head);
    }
  }
  let i = thread / LANES;
  var share = vec2<f32>();
  if (DELTA && i < rows) {
    for (var n = thread % LANES; n < params.key_width; n += LANES) {
      let key = f32(x[k_start(start + i, head) + n]);
      let query = f32(x[q_start(start + i, head) + n]);
      share += vec2<f32>(key * key, query * query);
    }
  }
  shares[thread] = share;
  workgroupBarrier();
  if (thread < CHUNK) {
    var sum = 0.0;
    for (var j = 0u; j <= thread; j++) {
      sum += decays[j];
    }
    sums[thread] = sum;
    var squares = vec2<f32>();
    for (var lane = 0u; lane < LANES; lane++) {
      squares += shares[thread * LANES + lane];
    }
    norms[thread] = vec2<f32>(key_norm(squares.x), key_norm(squares.y) * q_scale());
  }
  workgroupBarrier();
  let piece = piece_start(head, chunk);
  for (var at = thread; at < CHUNK * CHUNK; at += THREADS) {
    let row = at / CHUNK;
    let other = at % CHUNK;
    var write = 0.0;
    var read = 0.0;
    if (other <= row && row < rows) {
      var keys = 0.0;
      var queries = 0.0;
      let k = k_start(start + other, head);
      let k_row = k_start(start + row, head);
      let q_row = q_start(start + row, head);
      for (var n = 0u; n < params.key_width; n++) {
        let key = f32(x[k + n]);
        if (DELTA) {
          keys += f32(x[k_row + n]) * key;
        }
        queries += f32(x[q_row + n]) * key;
      }
      let factor = exp(sums[row] - sums[other]) * norms[other].x;
      read = factor * norms[row].y * queries;
      write = select(0.0, factor * norms[row].x * strengths[row] * keys, other < row);
    }
    system[at] = write;
    workspace[piece + CHUNK * CHUNK + at] = read;
  }
  if (thread < CHUNK) {
    let at = piece + 2u * CHUNK * CHUNK + 4u * thread;
    workspace[at] = exp(sums[thread]);
    workspace[at + 1u] = exp(sums[CHUNK - 1u] - sums[thread]);
    workspace[at + 2u] = norms[thread].x;
    workspace[at + 3u] = norms[thread].y;
  }
  workgroupBarrier();
  // Forward substitution; a thread solves a column.
  if (thread < CHUNK) {
    for (var row = 0u; row < CHUNK; row++) {
      var value = select(0.0, 1.0, row == thread);
      if (DELTA) {
        for (var j = thread; j < row; j++) {
          value -= system[row * CHUNK + j] * solved[j * CHUNK + thread];
        }
      }
      solved[row * CHUNK + thread] = value;
      // Values enter with their strength.
      workspace[piece + row * CHUNK + thread] = value * strengths[thread];
    }
  }
}
