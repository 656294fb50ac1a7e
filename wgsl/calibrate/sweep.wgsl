// Rounds the columns first … first + 31 of weights f32[rows, k] to a grid, a thread for each row: engine/calibrate/sweep.ts says
// what it computes, round-group.wgsl has the group. `factor` is R f32[padded, padded]. `carried` f32[padded, rows] has the errors
// of columns that are rounded, and for later ones Σ R_jc · error over the columns j < from. Results are engine/calibrate/grid.ts's.
struct Params {
  rows: u32,
  k: u32,
  padded: u32,
  first: u32,
  from_: u32,
  // 32, as a parameter so that compilers do not unroll the loops.
  size: u32,
  // 8, likewise.
  quads: u32,
  // Bits of q below its nibble: 0 or 1.
  extra: u32,
  // Whether b is stored; otherwise it is 0.
  offset: u32,
  most: f32,
  base: f32,
  step: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> factor: array<f32>;
@group(0) @binding(2) var<storage, read> weights: array<f32>;
@group(0) @binding(3) var<storage, read_write> carried: array<f32>;
@group(0) @binding(4) var<storage, read_write> nibbles: array<u32>;
@group(0) @binding(5) var<storage, read_write> low: array<u32>;
@group(0) @binding(6) var<storage, read_write> pairs: array<u32>;

fn load_block(from_: u32, local: u32) {
  workgroupBarrier();
  for (var n = local; n < 256u; n += THREADS) {
    let j = from_ + n / 8u;
    let column = params.first + (n % 8u) * 4u;
    let at = j * params.padded + column;
    let columns = vec4u(column, column + 1u, column + 2u, column + 3u);
    // Below the diagonal, and in columns that pad the matrix, there is no factor.
    let is_factor = (columns >= vec4u(j)) & (columns < vec4u(params.k));
    block[n] = select(vec4f(), vec4f(factor[at], factor[at + 1u], factor[at + 2u], factor[at + 3u]), is_factor);
  }
  workgroupBarrier();
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  let row = group.x * THREADS + local;
  let is_row = row < params.rows;
  for (var from_ = params.from_; from_ < params.first; from_ += 32u) {
    load_block(from_, local);
    if (is_row) {
      for (var j = 0u; j < params.size; j++) {
        let e = carried[(from_ + j) * params.rows + row];
        for (var v = 0u; v < params.quads; v++) {
          sums[v] += e * block[j * 8u + v];
        }
      }
    }
  }
  load_block(params.first, local);
  if (!is_row) {
    return;
  }
  count = min(params.size, params.k - params.first);
  var least = 3.4e38;
  var highest = -3.4e38;
  let own = row * params.k + params.first;
  for (var c = 0u; c < count; c++) {
    sums[c / 4u][c % 4u] += carried[(params.first + c) * params.rows + row];
    let aim = weights[own + c] + sums[c / 4u][c % 4u] / r(c, c);
    least = min(least, aim);
    highest = max(highest, aim);
  }
  for (var j = 0u; j < count; j++) {
    let weight = weights[own + j];
    for (var v = j / 4u; v < params.quads; v++) {
      sums[v] += weight * block[j * 8u + v];
    }
  }
  best_pair = BROKEN;
  if (params.offset == 1u) {
    start(pair_of_range(least, highest));
  } else {
    let largest = select(highest, least, -least > highest);
    start(pair_of(largest / value_of(0u), 0.0));
    start(pair_of(largest / value_of(u32(params.most)), 0.0));
  }
  let group_index = row * (params.padded / 32u) + params.first / 32u;
  pairs[group_index] = best_pair;
  low[group_index] = best.low;
  for (var v = 0u; v < 4u; v++) {
    nibbles[group_index * 4u + v] = best.nibbles[v];
  }
  let s = unpack2x16float(best_pair).x;
  let b = unpack2x16float(best_pair).y;
  for (var c = 0u; c < count; c++) {
    carried[(params.first + c) * params.rows + row] = weights[own + c] - (s * value_of(q_at(best, c)) + b);
  }
}
