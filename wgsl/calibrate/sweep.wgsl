// Rounds the columns first … first + 31 of weights f32[rows, k] to M0E4, a thread for each row: engine/calibrate/sweep.ts says
// what it computes. `factor` is R f32[padded, padded]. `carried` f32[padded, rows] has the errors of columns that are rounded,
// and for later ones Σ R_jc · error over the columns j < from.
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
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> factor: array<f32>;
@group(0) @binding(2) var<storage, read> weights: array<f32>;
@group(0) @binding(3) var<storage, read_write> carried: array<f32>;
@group(0) @binding(4) var<storage, read_write> nibbles: array<u32>;
@group(0) @binding(5) var<storage, read_write> scales: array<u32>;

const THREADS: u32 = 64u;
// Fits to the nibbles before.
const REFITS: u32 = 3u;
const BROKEN: u32 = 0xffffffffu;

// 32 rows of the factor, and the diagonal block at last, which is 0 below the diagonal: R_jc at [j · 8 + c / 4][c % 4].
var<workgroup> block: array<vec4f, 256>;

var<private> count: u32;
// Columns in quads; those that pad the group are 0.
var<private> sums: array<vec4f, 8>;
var<private> tried: array<u32, 4>;
var<private> best: array<u32, 4>;
var<private> best_pair: u32;
var<private> best_cost: f32;

fn r(j: u32, c: u32) -> f32 {
  return block[j * 8u + c / 4u][c % 4u];
}

// The nearest half that is zero or normal, ties to even; BROKEN above the largest.
fn half_of(x: f32) -> u32 {
  let bits = bitcast<u32>(x);
  let sign = (bits >> 16u) & 0x8000u;
  let size = bits & 0x7fffffffu;
  if (size >= 0x477ff000u) {
    return BROKEN;
  }
  if (size < 0x38800000u) {
    return select(0u, sign | 0x0400u, size >= 0x38000000u);
  }
  return sign | ((size + 0xfffu + ((size >> 13u) & 1u) - 0x38000000u) >> 13u);
}

fn pair_of(s: f32, b: f32) -> u32 {
  let low = half_of(s);
  let high = half_of(b);
  return select((high << 16u) | low, BROKEN, low == BROKEN || high == BROKEN);
}

fn pair_of_range(middle: f32, reach: f32) -> u32 {
  let s = reach * (32.0 / 15.0);
  let low = half_of(s);
  if (low == BROKEN) {
    return BROKEN;
  }
  return pair_of(s, middle - reach - unpack2x16float(low).x);
}

// Rounds the group with one pair and keeps the result if it costs less than the best.
fn consider(pair: u32) {
  if (pair == BROKEN) {
    return;
  }
  let s = unpack2x16float(pair).x;
  let b = unpack2x16float(pair).y;
  let per_step = select(0.0, 16.0 / s, s != 0.0);
  var left = sums;
  tried = array<u32, 4>();
  var cost = 0.0;
  for (var c = 0u; c < count; c++) {
    let target_ = left[c / 4u][c % 4u] / r(c, c);
    let q = u32(clamp(floor((target_ - b) * per_step - 15.5), 0.0, 15.0)) * select(0u, 1u, s != 0.0);
    let value = s * (1.0 + f32(q) / 16.0) + b;
    tried[c / 8u] |= q << (((c & 1u) << 4u) + ((c & 6u) << 1u));
    for (var v = c / 4u; v < params.quads; v++) {
      left[v] -= block[c * 8u + v] * value;
    }
    let lost = left[c / 4u][c % 4u];
    cost += lost * lost;
  }
  if (best_pair == BROKEN || cost < best_cost) {
    best = tried;
    best_pair = pair;
    best_cost = cost;
  }
}

fn nibble_at(words: array<u32, 4>, c: u32) -> u32 {
  return (words[c / 8u] >> (((c & 1u) << 4u) + ((c & 6u) << 1u))) & 15u;
}

// The pair for which the nibbles tried last cost least.
fn refit() -> u32 {
  var values: array<vec4f, 8>;
  var ones: array<vec4f, 8>;
  for (var j = 0u; j < count; j++) {
    let value = 1.0 + f32(nibble_at(tried, j)) / 16.0;
    for (var v = j / 4u; v < params.quads; v++) {
      values[v] += value * block[j * 8u + v];
      ones[v] += block[j * 8u + v];
    }
  }
  var vv = 0.0;
  var v1 = 0.0;
  var one = 0.0;
  var sv = 0.0;
  var s1 = 0.0;
  for (var v = 0u; v < params.quads; v++) {
    vv += dot(values[v], values[v]);
    v1 += dot(values[v], ones[v]);
    one += dot(ones[v], ones[v]);
    sv += dot(sums[v], values[v]);
    s1 += dot(sums[v], ones[v]);
  }
  let spread = one * vv - v1 * v1;
  if (spread <= 1e-5 * one * vv) {
    return BROKEN;
  }
  let slope = (one * sv - v1 * s1) / spread;
  return select(BROKEN, pair_of(slope, (s1 - slope * v1) / one), slope > 0.0);
}

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
  var low = 3.4e38;
  var high = -3.4e38;
  let own = row * params.k + params.first;
  for (var c = 0u; c < count; c++) {
    sums[c / 4u][c % 4u] += carried[(params.first + c) * params.rows + row];
    let aim = weights[own + c] + sums[c / 4u][c % 4u] / r(c, c);
    low = min(low, aim);
    high = max(high, aim);
  }
  for (var j = 0u; j < count; j++) {
    let weight = weights[own + j];
    for (var v = j / 4u; v < params.quads; v++) {
      sums[v] += weight * block[j * 8u + v];
    }
  }
  best_pair = BROKEN;
  consider(pair_of_range((low + high) * 0.5, (high - low) * 0.5));
  tried = best;
  var pair = best_pair;
  for (var i = 0u; i < REFITS && pair != BROKEN; i++) {
    let next = refit();
    if (next == pair) {
      break;
    }
    pair = next;
    consider(pair);
  }
  scales[row * (params.padded / 32u) + params.first / 32u] = best_pair;
  let s = unpack2x16float(best_pair).x;
  let b = unpack2x16float(best_pair).y;
  for (var v = 0u; v < 4u; v++) {
    nibbles[(row * params.padded + params.first) / 8u + v] = best[v];
  }
  for (var c = 0u; c < count; c++) {
    carried[(params.first + c) * params.rows + row] = weights[own + c] - (s * (1.0 + f32(nibble_at(best, c)) / 16.0) + b);
  }
}
