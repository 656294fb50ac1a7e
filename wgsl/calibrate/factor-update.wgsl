// Takes off what the columns of a solved panel explain: sum −= P·Pᵀ in the upper triangle of the rows above. A workgroup
// computes 64 × 64 numbers, a thread 4 × 4 of them.
struct Params {
  padded: u32,
  first: u32,
  tiles: u32,
  // 32, as a parameter so that compilers do not unroll the loops.
  size: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> sum: array<f32>;

// Columns of the panel, 64 rows each, as vec4 of four rows: [column · 16 + row / 4].
var<workgroup> left: array<vec4f, 512>;
var<workgroup> right: array<vec4f, 512>;

fn panel(row: u32, column: u32) -> f32 {
  if (row >= params.first) {
    return 0.0;
  }
  return sum[row * params.padded + params.first + column];
}

fn panel4(row: u32, column: u32) -> vec4f {
  return vec4f(panel(row, column), panel(row + 1u, column), panel(row + 2u, column), panel(row + 3u, column));
}

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = (group.x / params.tiles) * 64u;
  let j = (group.x % params.tiles) * 64u;
  if (i > j) {
    return;
  }
  for (var n = local; n < 512u; n += 256u) {
    left[n] = panel4(i + (n % 16u) * 4u, n / 16u);
    right[n] = panel4(j + (n % 16u) * 4u, n / 16u);
  }
  workgroupBarrier();
  let a = local / 16u;
  let b = local % 16u;
  var part: array<vec4f, 4>;
  for (var column = 0u; column < params.size; column++) {
    let u = left[column * 16u + a];
    let v = right[column * 16u + b];
    part[0] += u.x * v;
    part[1] += u.y * v;
    part[2] += u.z * v;
    part[3] += u.w * v;
  }
  for (var r = 0u; r < 4u; r++) {
    for (var c = 0u; c < 4u; c++) {
      let row = i + a * 4u + r;
      let column = j + b * 4u + c;
      if (row < params.first && column < params.first) {
        sum[row * params.padded + column] -= part[r][c];
      }
    }
  }
}
