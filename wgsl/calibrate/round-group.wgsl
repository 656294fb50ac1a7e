// Rounds a group of 32 columns of a row to a grid (engine/calibrate/grid.ts). Compiled in front of sweep.wgsl, whose parameters
// it reads, and behind grid-even.wgsl or grid-table.wgsl, which say what q stands for.
const THREADS: u32 = 64u;
// Fits to what was rounded before, after each start.
const REFITS: u32 = 3u;
const BROKEN: u32 = 0xffffffffu;

// 32 rows of the factor, and the diagonal block at last, which is 0 below the diagonal: R_jc at [j · 8 + c / 4][c % 4].
var<workgroup> block: array<vec4f, 256>;

// q of 32 columns: their upper four bits, packed as in M0E4, and the bit below in the same order.
struct Rounded {
  nibbles: array<u32, 4>,
  low: u32,
}

var<private> count: u32;
// Columns in quads; those that pad the group are 0.
var<private> sums: array<vec4f, 8>;
var<private> tried: Rounded;
var<private> best: Rounded;
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

// The pair whose grid reaches from the lowest to the highest target.
fn pair_of_range(low: f32, high: f32) -> u32 {
  let middle = (low + high) * 0.5;
  let reach = (high - low) * 0.5;
  let s = reach * (2.0 / (params.most * params.step));
  let half = half_of(s);
  if (half == BROKEN) {
    return BROKEN;
  }
  return pair_of(s, middle - reach - params.base * unpack2x16float(half).x);
}

// Rounds the group with one pair and keeps the result if it costs less than the best.
fn consider(pair: u32) {
  if (pair == BROKEN) {
    return;
  }
  let s = unpack2x16float(pair).x;
  let b = unpack2x16float(pair).y;
  // Where s is 0 any q will do: with an offset 0, otherwise that of 0.
  let inverse = select(0.0, 1.0 / s, s != 0.0);
  let last = select(params.most, 0.0, s == 0.0 && params.offset == 1u);
  var left = sums;
  tried = Rounded();
  var cost = 0.0;
  for (var c = 0u; c < count; c++) {
    let target_ = left[c / 4u][c % 4u] / r(c, c);
    let q = min(nearest((target_ - b) * inverse), u32(last));
    let value = s * value_of(q) + b;
    tried.nibbles[c / 8u] |= (q >> params.extra) << (((c & 1u) << 4u) + ((c & 6u) << 1u));
    tried.low |= (q & params.extra) << (((c & 1u) << 4u) + (c >> 1u));
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

fn q_at(rounded: Rounded, c: u32) -> u32 {
  let nibble = (rounded.nibbles[c / 8u] >> (((c & 1u) << 4u) + ((c & 6u) << 1u))) & 15u;
  let low = (rounded.low >> (((c & 1u) << 4u) + (c >> 1u))) & params.extra;
  return (nibble << params.extra) | low;
}

// The pair for which what was tried last costs least.
fn refit() -> u32 {
  var values: array<vec4f, 8>;
  var ones: array<vec4f, 8>;
  for (var j = 0u; j < count; j++) {
    let value = value_of(q_at(tried, j));
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
  if (params.offset == 0u) {
    return select(BROKEN, pair_of(sv / vv, 0.0), vv > 0.0);
  }
  let spread = one * vv - v1 * v1;
  if (spread <= 1e-5 * one * vv) {
    return BROKEN;
  }
  let slope = (one * sv - v1 * s1) / spread;
  return select(BROKEN, pair_of(slope, (s1 - slope * v1) / one), slope > 0.0);
}

// Tries a pair, and those that fit what was rounded before.
fn start(first: u32) {
  var pair = first;
  for (var i = 0u; pair != BROKEN; i++) {
    consider(pair);
    if (i == REFITS) {
      break;
    }
    let next = refit();
    pair = select(next, BROKEN, next == pair);
  }
}
