// Matrix product for many rows of x with M0E4 weights, by dot products of signed bytes. A nibble is used as a byte, and
// x is rounded to bytes with one scale per 32 numbers of a row. With w' = s·(1 + q/16) + b and x ≈ c·i: Σ x·w' = s·c/16
// · (Σ i·q − 8·Σ i) + (1.5·s + b)·Σ x, where the last sum is exact; the eights centre the nibbles at zero, so that
// rounding x costs least. A workgroup of 128 threads computes 32 rows × 64 columns in steps of 128 along K; a thread
// keeps 4 × 4 results. Parts: x, norm, bias (matmul/), m0e4 (lib/weights/), an epilogue. Source of the idea:
// llama.cpp's q8_1 activations.
alias Scalar = f32;

const TILE_M: u32 = 32u;
const TILE_N: u32 = 64u;
const THREADS: u32 = 128u;
// Chunks of 32 along K in a step.
const STEP: u32 = 4u;

// [row][chunk][word]: bytes of numbers 0 4 1 5 and 2 6 3 7 of each eight, the order of nibbles in a word.
var<workgroup> x_bytes: array<vec2<u32>, TILE_M * STEP * 4u>;
// [row][chunk]: c and Σ x; Σ i.
var<workgroup> x_facts: array<vec2<f32>, TILE_M * STEP>;
var<workgroup> x_steps: array<f32, TILE_M * STEP>;
// [column][chunk]: 32 nibbles; s/16 and 1.5·s + b. In all 12 KiB.
var<workgroup> w_words: array<vec4<u32>, TILE_N * STEP>;
var<workgroup> w_facts: array<vec2<f32>, TILE_N * STEP>;
var<workgroup> squares: array<f32, THREADS>;

// Bytes of eight whole numbers.
fn bytes_of(a: vec4<f32>, b: vec4<f32>) -> vec2<u32> {
  let low = pack4xI8(vec4<i32>(vec4<f32>(a.x, b.x, a.y, b.y)));
  let high = pack4xI8(vec4<i32>(vec4<f32>(a.z, b.z, a.w, b.w)));
  return vec2<u32>(low, high);
}

fn dot_word(x: vec2<u32>, w: u32) -> i32 {
  return dot4I8Packed(x.x, w & 0x0F0F0F0Fu) + dot4I8Packed(x.y, (w >> 4u) & 0x0F0F0F0Fu);
}

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let tiles_m = (params.rows + TILE_M - 1u) / TILE_M;
  let number = workgroup_number(id, count);
  let m0 = (number % tiles_m) * TILE_M;
  let n0 = (number / tiles_m) * TILE_N;
  // Columns 2·tx, 2·tx+1 and the same plus 32, since an epilogue takes pairs. Rows ty + 8·i.
  let tx = thread & 15u;
  let ty = thread >> 4u;

  var acc: array<vec4<f32>, 4>;
  var square = 0.0;
  for (var first = 0u; first < params.chunks; first += STEP) {
    // One chunk of one row of x per thread: its largest magnitude first, then its bytes.
    let slice = (first + thread % STEP) * 8u;
    let row = m0 + thread / STEP;
    var largest = 0.0;
    var sum = 0.0;
    for (var i = 0u; i < 8u; i++) {
      let plain = x4(row, slice + i);
      let value = plain * norm4(slice + i);
      square += dot(plain, plain);
      sum += dot(value, vec4<f32>(1.0));
      let size = abs(value);
      largest = max(largest, max(max(size.x, size.y), max(size.z, size.w)));
    }
    var steps = 0.0;
    let inverse = select(0.0, 127.0 / largest, largest > 0.0);
    for (var i = 0u; i < 4u; i++) {
      let at = slice + 2u * i;
      let a = round(x4(row, at) * norm4(at) * inverse);
      let b = round(x4(row, at + 1u) * norm4(at + 1u) * inverse);
      steps += dot(a + b, vec4<f32>(1.0));
      x_bytes[thread * 4u + i] = bytes_of(a, b);
    }
    x_steps[thread] = steps;
    x_facts[thread] = vec2<f32>(largest / 127.0, sum);
    for (var i = thread; i < TILE_N * STEP; i += THREADS) {
      let column = min(n0 + i / STEP, params.n - 1u);
      let chunk = first + i % STEP;
      w_facts[i] = vec2<f32>();
      if (chunk < params.chunks) {
        w_words[i] = chunk_at(column, chunk);
        let affine = chunk_affine(column, chunk, 0u);
        w_facts[i] = vec2<f32>(affine.x / 16.0, 1.5 * affine.x + affine.y);
      }
    }
    workgroupBarrier();
    for (var c = 0u; c < STEP; c++) {
      let c0 = 2u * tx * STEP + c;
      let far = 32u * STEP;
      let w0 = w_words[c0];
      let w1 = w_words[c0 + STEP];
      let w2 = w_words[c0 + far];
      let w3 = w_words[c0 + far + STEP];
      let f0 = w_facts[c0];
      let f1 = w_facts[c0 + STEP];
      let f2 = w_facts[c0 + far];
      let f3 = w_facts[c0 + far + STEP];
      let scales = vec4<f32>(f0.x, f1.x, f2.x, f3.x);
      let shifts = vec4<f32>(f0.y, f1.y, f2.y, f3.y);
      for (var i = 0u; i < 4u; i++) {
        let at = (ty + 8u * i) * STEP + c;
        var dots = vec4<i32>();
        for (var k = 0u; k < 4u; k++) {
          let value = x_bytes[at * 4u + k];
          dots += vec4<i32>(
            dot_word(value, w0[k]),
            dot_word(value, w1[k]),
            dot_word(value, w2[k]),
            dot_word(value, w3[k]),
          );
        }
        let centred = vec4<f32>(dots) - 8.0 * x_steps[at];
        acc[i] += scales * x_facts[at].x * centred + shifts * x_facts[at].y;
      }
    }
    workgroupBarrier();
  }

  if (NORM) {
    squares[thread] = square;
    workgroupBarrier();
  }
  for (var i = 0u; i < 4u; i++) {
    let row = ty + 8u * i;
    var y = acc[i];
    if (NORM) {
      var sum = 0.0;
      for (var c = 0u; c < STEP; c++) {
        sum += squares[row * STEP + c];
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
