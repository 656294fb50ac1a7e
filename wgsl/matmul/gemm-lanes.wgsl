// Matrix product for many rows of x without workgroup memory and barriers: a thread owns COLUMNS columns and computes
// ROWS rows of them. Eight lanes of a subgroup load four numbers of two rows of x, one each, and broadcast them to all
// lanes; a weight is unpacked into registers once and used for ROWS rows. Needs subgroups of 8 lanes or more. Parts: x,
// norm, bias (matmul/), weights (lib/), an epilogue.
alias Scalar = f32;
const ROWS: u32 = 8u;
// A multiple of 4.
const COLUMNS: u32 = 8u;
const THREADS: u32 = 32u;
// Groups of weights with a scale each in a chunk: 1 or 2.
const PARTS: u32 = 1u;
const FOURS: u32 = COLUMNS / 4u;

// Four numbers of an even row and of the odd one after it, from the lanes that loaded them.
fn even_row(x: f32) -> vec4<f32> {
  return vec4<f32>(subgroupBroadcast(x, 0u), subgroupBroadcast(x, 1u), subgroupBroadcast(x, 2u), subgroupBroadcast(x, 3u));
}

fn odd_row(x: f32) -> vec4<f32> {
  return vec4<f32>(subgroupBroadcast(x, 4u), subgroupBroadcast(x, 5u), subgroupBroadcast(x, 6u), subgroupBroadcast(x, 7u));
}

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
  @builtin(subgroup_invocation_id) invocation: u32,
) {
  let tiles_m = (params.rows + ROWS - 1u) / ROWS;
  let number = workgroup_number(id, count);
  let m0 = (number % tiles_m) * ROWS;
  let n0 = ((number / tiles_m) * THREADS + thread) * COLUMNS;
  let lane = invocation & 7u;
  let odd = lane >> 2u;

  var acc: array<vec4<f32>, ROWS * FOURS>;
  var square: array<f32, ROWS / 2u>;
  for (var chunk = 0u; chunk < params.chunks; chunk++) {
    var words: array<Chunk, COLUMNS>;
    for (var c = 0u; c < COLUMNS; c++) {
      words[c] = chunk_at(min(n0 + c, params.n - 1u), chunk);
    }
    for (var part = 0u; part < PARTS; part++) {
      var affine: array<vec2<f32>, COLUMNS>;
      for (var c = 0u; c < COLUMNS; c++) {
        affine[c] = chunk_affine(min(n0 + c, params.n - 1u), chunk, part);
      }
      let end = (part + 1u) * chunk_slices() / PARTS;
      for (var i = part * (8u / PARTS); i < end; i++) {
        // [four of columns][number along K].
        var w: array<vec4<f32>, 4u * FOURS>;
        for (var f = 0u; f < FOURS; f++) {
          let a = affine[4u * f].x * chunk_values(words[4u * f], i) + affine[4u * f].y;
          let b = affine[4u * f + 1u].x * chunk_values(words[4u * f + 1u], i) + affine[4u * f + 1u].y;
          let c = affine[4u * f + 2u].x * chunk_values(words[4u * f + 2u], i) + affine[4u * f + 2u].y;
          let d = affine[4u * f + 3u].x * chunk_values(words[4u * f + 3u], i) + affine[4u * f + 3u].y;
          for (var j = 0u; j < 4u; j++) {
            w[4u * f + j] = vec4<f32>(a[j], b[j], c[j], d[j]);
          }
        }
        let k = chunk * 32u + 4u * i + (lane & 3u);
        let g = norm1(k);
        for (var pair = 0u; pair < ROWS / 2u; pair++) {
          let value = x1(m0 + 2u * pair + odd, k);
          if (NORM) {
            square[pair] += value * value;
          }
          let even4 = even_row(value * g);
          let odd4 = odd_row(value * g);
          for (var f = 0u; f < FOURS; f++) {
            let at = 2u * pair * FOURS + f;
            acc[at] = (((acc[at] + even4.x * w[4u * f]) + even4.y * w[4u * f + 1u]) + even4.z * w[4u * f + 2u]) + even4.w * w[4u * f + 3u];
            let next = at + FOURS;
            acc[next] = (((acc[next] + odd4.x * w[4u * f]) + odd4.y * w[4u * f + 1u]) + odd4.z * w[4u * f + 2u]) + odd4.w * w[4u * f + 3u];
          }
        }
      }
    }
  }

  if (NORM) {
    for (var pair = 0u; pair < ROWS / 2u; pair++) {
      let even = dot(even_row(square[pair]), vec4<f32>(1.0));
      let odd_sum = dot(odd_row(square[pair]), vec4<f32>(1.0));
      for (var f = 0u; f < FOURS; f++) {
        acc[2u * pair * FOURS + f] *= inverseSqrt(even / f32(params.k) + params.eps);
        acc[(2u * pair + 1u) * FOURS + f] *= inverseSqrt(odd_sum / f32(params.k) + params.eps);
      }
    }
  }
  // A copy, so that only it is addressed by a number that the compiler does not know.
  var sums = acc;
  let height = min(ROWS, params.rows - min(params.rows, m0));
  for (var i = 0u; i < height * FOURS; i++) {
    let n = n0 + 4u * (i % FOURS);
    let y = sums[i];
    if (n < params.n) {
      finish(m0 + i / FOURS, params.n_first + n, y.x, y.y);
    }
    if (n + 2u < params.n) {
      finish(m0 + i / FOURS, params.n_first + n + 2u, y.z, y.w);
    }
  }
}
