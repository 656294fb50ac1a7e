// Matrix product for many rows of x (prefill): a workgroup of 128 threads computes 32 rows × 64 columns, in steps of 32
// along K. Each weight is unpacked once per tile into workgroup memory and used for 32 rows; a thread keeps 4 × 4
// results in registers. A workgroup reads all K of its rows, so it also sums their x². Parts: x, norm, bias (matmul/),
// weights (lib/), an epilogue.
alias Scalar = f32;
// Type of the tiles and of sums of four products; sums along K are always f32.
alias Math = f32;
const LARGEST: f32 = 3.0e38;

const TILE_M: u32 = 32u;
const TILE_N: u32 = 64u;
const THREADS: u32 = 128u;

// [slice of four along K][row or column]: 4 + 8 + 1 KiB.
var<workgroup> x_tile: array<vec4<Math>, 8u * TILE_M>;
var<workgroup> w_tile: array<vec4<Math>, 8u * TILE_N>;
var<workgroup> squares: array<f32, 8u * TILE_M>;

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  // Neighbouring workgroups share a column of tiles, so that its weights stay in the cache.
  let tiles_m = (params.rows + TILE_M - 1u) / TILE_M;
  let number = workgroup_number(id, count);
  let m0 = (number % tiles_m) * TILE_M;
  let n0 = (number / tiles_m) * TILE_N;
  // Columns 2·tx, 2·tx+1 and the same plus 32, since an epilogue takes pairs.
  let tx = thread & 15u;
  let ty = thread >> 4u;
  let slice = thread & 7u;
  let lift = thread >> 3u;

  var acc: array<vec4<f32>, 4>;
  var square: vec2<f32>;
  for (var chunk = 0u; chunk < params.chunks; chunk++) {
    let at = chunk * 8u + slice;
    let g = norm4(at);
    for (var j = 0u; j < 2u; j++) {
      let value = x4(m0 + lift + 16u * j, at);
      square[j] += dot(value, value);
      x_tile[slice * TILE_M + lift + 16u * j] = vec4<Math>(clamp(value * g, vec4<f32>(-LARGEST), vec4<f32>(LARGEST)));
    }
    for (var j = 0u; j < 4u; j++) {
      let column = lift + 16u * j;
      w_tile[slice * TILE_N + column] = vec4<Math>(weight4(min(n0 + column, params.n - 1u), at));
    }
    workgroupBarrier();
    for (var s = 0u; s < 8u; s++) {
      let w0 = w_tile[s * TILE_N + 2u * tx];
      let w1 = w_tile[s * TILE_N + 2u * tx + 1u];
      let w2 = w_tile[s * TILE_N + 2u * tx + 32u];
      let w3 = w_tile[s * TILE_N + 2u * tx + 33u];
      for (var i = 0u; i < 4u; i++) {
        let value = x_tile[s * TILE_M + ty + 8u * i];
        acc[i] += vec4<f32>(vec4<Math>(dot(value, w0), dot(value, w1), dot(value, w2), dot(value, w3)));
      }
    }
    workgroupBarrier();
  }

  if (NORM) {
    squares[lift * 8u + slice] = square.x;
    squares[(lift + 16u) * 8u + slice] = square.y;
    workgroupBarrier();
  }
  for (var i = 0u; i < 4u; i++) {
    let row = ty + 8u * i;
    var y = acc[i];
    if (NORM) {
      var sum = 0.0;
      for (var s = 0u; s < 8u; s++) {
        sum += squares[row * 8u + s];
      }
      y *= inverseSqrt(sum / f32(params.k) + params.eps);
    }
    let n = n0 + 2u * tx;
    if (m0 + row < params.rows && n < params.n) {
      finish(m0 + row, params.n_first + n, y.x, y.y);
      if (n + 32u < params.n) {
        finish(m0 + row, params.n_first + n + 32u, y.z, y.w);
      }
    }
  }
}
