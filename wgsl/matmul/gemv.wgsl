// Matrix product for few rows of x (decode): each weight is loaded once, 16 bytes at a time, and used for up to ROWS
// rows of x. Absent rows cost nothing, since all threads leave their loops together. A thread computes 4 results from
// every LANES-th chunk of 32 weights; LANES threads share 4 results and sum in workgroup memory. x is staged there too,
// as f32, times the norm's weights. Parts: x, norm, bias (matmul/), weights, fold (lib/), an epilogue.
alias Scalar = f32;
// Most rows of x at a time.
const ROWS: u32 = 1u;
// Powers of two; LANES is at least ROWS.
override LANES: u32 = 32u;
override GROUPS: u32 = 2u;
// Groups of weights with a scale each in a chunk: 1 or 2.
const PARTS: u32 = 1u;

// While staging: [row][slice of a chunk][lane], so that neighbouring lanes read neighbouring memory. Afterwards:
// [row][thread], partial sums.
var<workgroup> staged: array<vec4<f32>, ROWS * LANES * max(8u, GROUPS)>;
var<workgroup> squares: array<f32, ROWS * LANES * GROUPS>;

@compute @workgroup_size(LANES, GROUPS)
fn main(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
) {
  let threads = LANES * GROUPS;
  let lane = local.x;
  let thread = local.y * LANES + lane;
  let tiles = (params.n + 4u * GROUPS - 1u) / (4u * GROUPS);
  let number = workgroup_number(id, count);
  let first = (number / tiles) * ROWS;
  let n0 = ((number % tiles) * GROUPS + local.y) * 4u;
  let last = params.n - 1u;
  let height = min(ROWS, params.rows - min(params.rows, first));

  var acc: array<vec4<f32>, ROWS>;
  var square: array<f32, ROWS>;
  for (var block = 0u; block < params.chunks; block += LANES) {
    for (var m = 0u; m < ROWS; m++) {
      if (m >= height) {
        break;
      }
      for (var i = thread; i < 8u * LANES; i += threads) {
        let value = x4(first + m, block * 8u + i);
        square[m] += dot(value, value);
        staged[(m * 8u + (i & 7u)) * LANES + (i >> 3u)] = value * norm4(block * 8u + i);
      }
    }
    workgroupBarrier();
    let chunk = block + lane;
    if (chunk < params.chunks) {
      let r1 = min(n0 + 1u, last);
      let r2 = min(n0 + 2u, last);
      let r3 = min(n0 + 3u, last);
      let r0 = min(n0, last);
      let c0 = chunk_at(r0, chunk);
      let c1 = chunk_at(r1, chunk);
      let c2 = chunk_at(r2, chunk);
      let c3 = chunk_at(r3, chunk);
      // Σ x·w' = s·Σ x·v + b·Σ x: the scale leaves the loop. The explicit zeros are needed: Dawn does not reset a
      // variable without initialiser in each iteration.
      for (var part = 0u; part < PARTS; part++) {
        var dots = array<vec4<f32>, ROWS>();
        var plain = array<f32, ROWS>();
        let end = (part + 1u) * chunk_slices() / PARTS;
        for (var i = part * (8u / PARTS); i < end; i++) {
          let w0 = chunk_values(c0, i);
          let w1 = chunk_values(c1, i);
          let w2 = chunk_values(c2, i);
          let w3 = chunk_values(c3, i);
          for (var m = 0u; m < ROWS; m++) {
            if (m >= height) {
              break;
            }
            let value = staged[(m * 8u + i) * LANES + lane];
            dots[m] += vec4<f32>(dot(value, w0), dot(value, w1), dot(value, w2), dot(value, w3));
            if (AFFINE) {
              plain[m] += dot(value, vec4<f32>(1.0));
            }
          }
        }
        let a0 = chunk_affine(r0, chunk, part);
        let a1 = chunk_affine(r1, chunk, part);
        let a2 = chunk_affine(r2, chunk, part);
        let a3 = chunk_affine(r3, chunk, part);
        let s = vec4<f32>(a0.x, a1.x, a2.x, a3.x);
        let b = vec4<f32>(a0.y, a1.y, a2.y, a3.y);
        for (var m = 0u; m < ROWS; m++) {
          acc[m] += s * dots[m] + b * plain[m];
        }
      }
    }
    workgroupBarrier();
  }

  let reach = folded(thread, LANES);
  for (var m = 0u; m < ROWS; m++) {
    staged[m * threads + thread] = fold_lanes(acc[m], reach);
    if (NORM) {
      squares[m * threads + thread] = fold_lanes(vec4<f32>(square[m]), reach).x;
    }
  }
  workgroupBarrier();
  // Σx² is summed over all threads, the products over the lanes of a group, in one loop. Its length must be unknown to
  // the compiler: unrolled, its barriers take software adapters seconds to compile.
  let top = select(0u, select(LANES, threads, NORM) / 2u, params.rows > 0u);
  for (var stride = top; stride >= reach; stride >>= 1u) {
    for (var m = 0u; m < ROWS; m++) {
      let at = m * threads + thread;
      if (NORM && thread < stride) {
        squares[at] += squares[at + stride];
      }
      if (stride < LANES && lane < stride) {
        staged[at] += staged[at + stride];
      }
    }
    workgroupBarrier();
  }
  // One lane finishes each row of x: LANES is at least ROWS.
  if (lane < ROWS && first + lane < params.rows) {
    var y = staged[lane * threads + local.y * LANES];
    if (NORM) {
      y *= inverseSqrt(squares[lane * threads] / f32(params.k) + params.eps);
    }
    if (n0 < params.n) {
      finish(first + lane, params.n_first + n0, y.x, y.y);
    }
    if (n0 + 2u < params.n) {
      finish(first + lane, params.n_first + n0 + 2u, y.z, y.w);
    }
  }
  end_product(first, number % tiles, thread);
}
