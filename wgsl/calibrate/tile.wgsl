// What the products of calibration share: a workgroup of 64 threads computes 64 × 64 numbers Σ left[m][i] · right[m][j], a
// thread 8 × 8 of them as four quads, over 16 values of m at a time. Compiled in front of the kernel that loads and stores.
const DEPTH: u32 = 16u;
const TILE: u32 = 64u;
const THREADS: u32 = 64u;

// [m · 16 + i / 4]
var<workgroup> left: array<vec4f, 256>;
var<workgroup> right: array<vec4f, 256>;

// Rows 4a … 4a + 3 and 32 + 4a …, columns 4b … 4b + 3 and 32 + 4b …, where local = 8a + b: the row is [8 · half of columns + …].
var<private> part: array<vec4f, 16>;

// Adds the staged values of m. `depth` is 16, handed in so that compilers do not unroll the loop.
fn add_staged(local: u32, depth: u32) {
  let a = local / 8u;
  let b = local % 8u;
  for (var m = 0u; m < depth; m++) {
    let u = left[m * 16u + a];
    let v = right[m * 16u + b];
    let lower = left[m * 16u + a + 8u];
    let further = right[m * 16u + b + 8u];
    part[0] += u.x * v;
    part[1] += u.y * v;
    part[2] += u.z * v;
    part[3] += u.w * v;
    part[4] += lower.x * v;
    part[5] += lower.y * v;
    part[6] += lower.z * v;
    part[7] += lower.w * v;
    part[8] += u.x * further;
    part[9] += u.y * further;
    part[10] += u.z * further;
    part[11] += u.w * further;
    part[12] += lower.x * further;
    part[13] += lower.y * further;
    part[14] += lower.z * further;
    part[15] += lower.w * further;
  }
}

// The row of a tile that part[n] belongs to, and the first of its four columns.
fn row_of(local: u32, n: u32) -> u32 {
  return (local / 8u) * 4u + (n & 3u) + ((n >> 2u) & 1u) * 32u;
}

fn column_of(local: u32, n: u32) -> u32 {
  return (local % 8u) * 4u + (n >> 3u) * 32u;
}
