// Matrix product for few rows of x (decode): each weight is loaded once, 16 bytes at a time, and used for up to ROWS
// rows of x. Absent rows cost nothing, since all threads leave their loops together. A thread computes 4·QUADS
// results from every LANES-th chunk of 32 weights; LANES threads share these results and sum in workgroup memory. x is
// staged there too, as f32, times the norm's weights. Parts: x, norm, bias (matmul/), weights, fold (lib/), an epilogue.
alias Scalar = f32;
// Most rows of x at a time.
const ROWS: u32 = 1u;
// Powers of two; LANES is at least ROWS.
override LANES: u32 = 32u;
override GROUPS: u32 = 2u;
// Groups of weights with a scale each in a chunk: 1 or 2.
const PARTS: u32 = 1u;
// Fours of results of a thread: more read a number of x once for more weights.
const QUADS: u32 = 1u;

// While staging: [row][slice of a chunk][lane], so that neighbouring lanes read neighbouring memory. Afterwards:
// [row][four][thread], partial sums.
var<workgroup> staged: array<vec4<f32>, ROWS * LANES * max(8u, GROUPS * QUADS)>;
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
  let width = 4u * QUADS;
  let tiles = (params.n + width * GROUPS - 1u) / (width * GROUPS);
  let number = workgroup_number(id, count);
  let first = (number / tiles) * ROWS;
  let n0 = ((number % tiles) * GROUPS + local.y) * width;
  let last = params.n - 1u;
  let height = min(ROWS, params.rows - min(params.rows, first));

  var acc: array<vec4<f32>, ROWS * QUADS>;
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
      var rows: array<u32, 4u * QUADS>;
      var chunks: array<Chunk, 4u * QUADS>;
      for (var j = 0u; j < 4u * QUADS; j++) {
        rows[j] = min(n0 + j, last);
        chunks[j] = chunk_at(rows[j], chunk);
      }
      // Σ x·w' = s·Σ x·v + b·Σ x: the scale leaves the loop. The explicit zeros are needed: Dawn does not reset a
      // variable without initialiser in each iteration.
      for (var part = 0u; part < PARTS; part++) {
        var dots = array<vec4<f32>, ROWS * QUADS>();
        var plain = array<f32, ROWS>();
        let end = (part + 1u) * chunk_slices() / PARTS;
        for (var i = part * (8u / PARTS); i < end; i++) {
          var w: array<vec4<f32>, 4u * QUADS>;
          for (var j = 0u; j < 4u * QUADS; j++) {
            w[j] = chunk_values(chunks[j], i);
          }
          for (var m = 0u; m < ROWS; m++) {
            if (m >= height) {
              break;
            }
            let value = staged[(m * 8u + i) * LANES + lane];
            for (var q = 0u; q < QUADS; q++) {
              let j = 4u * q;
              dots[m * QUADS + q] += vec4<f32>(
                dot(value, w[j]), dot(value, w[j + 1u]), dot(value, w[j + 2u]), dot(value, w[j + 3u]),
              );
            }
            if (AFFINE) {
              plain[m] += dot(value, vec4<f32>(1.0));
            }
          }
        }
        for (var q = 0u; q < QUADS; q++) {
          let j = 4u * q;
          let a0 = chunk_affine(rows[j], chunk, part);
          let a1 = chunk_affine(rows[j + 1u], chunk, part);
          let a2 = chunk_affine(rows[j + 2u], chunk, part);
          let a3 = chunk_affine(rows[j + 3u], chunk, part);
          let s = vec4<f32>(a0.x, a1.x, a2.x, a3.x);
          let b = vec4<f32>(a0.y, a1.y, a2.y, a3.y);
          for (var m = 0u; m < ROWS; m++) {
            acc[m * QUADS + q] += s * dots[m * QUADS + q] + b * plain[m];
          }
        }
      }
    }
    workgroupBarrier();
  }

  let reach = folded(thread, LANES);
  for (var m = 0u; m < ROWS; m++) {
    for (var q = 0u; q < QUADS; q++) {
      staged[(m * QUADS + q) * threads + thread] = fold_lanes(acc[m * QUADS + q], reach);
    }
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
        for (var q = 0u; q < QUADS; q++) {
          let sum = (m * QUADS + q) * threads + thread;
          staged[sum] += staged[sum + stride];
        }
      }
    }
    workgroupBarrier();
  }
  // One lane finishes each row of x: LANES is at least ROWS.
  if (lane < ROWS && first + lane < params.rows) {
    for (var q = 0u; q < QUADS; q++) {
      var y = staged[(lane * QUADS + q) * threads + local.y * LANES];
      if (NORM) {
        y *= inverseSqrt(squares[lane * threads] / f32(params.k) + params.eps);
      }
      let n = n0 + 4u * q;
      if (n < params.n) {
        finish(first + lane, params.n_first + n, y.x, y.y);
      }
      if (n + 2u < params.n) {
        finish(first + lane, params.n_first + n + 2u, y.z, y.w);
      }
    }
  }
  end_product(first, number % tiles, thread);
}
