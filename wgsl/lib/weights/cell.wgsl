// Row cells (engine/tensor/cells.ts): weights in the bits that were published. A chunk is 32 weights along K. A matrix
// may have two cells: rows from SPLIT on have the second. All choices among them fold where both are the same. Parts:
// cell-scales.wgsl, cell-unpack-f16.wgsl or cell-unpack-f32.wgsl, and a table of 16 values.
@group(0) @binding(2) var<storage, read> weight: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read> weight_scales: array<u32>;

const AFFINE: bool = true;
const SPLIT: u32 = 0xFFFFFFFFu;
// Bits of a weight in each plane, and the scales: an index of SCALES in engine/kernels/cell-parts.ts.
const MAIN_1: u32 = 4u;
const MAIN_2: u32 = 4u;
const EXTRA_1: u32 = 0u;
const EXTRA_2: u32 = 0u;
const SCALES_1: u32 = 0u;
const SCALES_2: u32 = 0u;
// Chunks that share a scale, as a power of two; for the kinds of scales that leave it open.
const SHIFT_1: u32 = 0u;
const SHIFT_2: u32 = 0u;
// Subtracted from q; and what q is: 0 a whole number, 1 an index into the table, 2 a float E4M3.
const ZERO_1: f32 = 0.0;
const ZERO_2: f32 = 0.0;
const VALUES_1: u32 = 0u;
const VALUES_2: u32 = 0u;

struct Chunk {
  main: vec4<u32>,
  extra: vec4<u32>,
  second: bool,
}

fn main_bits(second: bool) -> u32 {
  return select(MAIN_1, MAIN_2, second);
}

fn extra_bits(second: bool) -> u32 {
  return select(EXTRA_1, EXTRA_2, second);
}

fn value_kind(second: bool) -> u32 {
  return select(VALUES_1, VALUES_2, second);
}

// A pair of E4M3 in bits 2 … 9 of each half, without NaN: the bits of halves 2^8 times smaller.
fn float_pair(pair: u32) -> vec2<f32> {
  let halves = ((pair & 0x02000200u) << 6u) | ((pair & 0x01FC01FCu) << 5u);
  return 256.0 * vec2<f32>(half_value(halves), half_value(halves >> 16u));
}

// First word of a row's extra bits; its scales follow. Rows of both cells have the room of the longer ones.
fn rest_at(n: u32) -> u32 {
  let one = params.chunks * EXTRA_1 + scale_words(SCALES_1, SHIFT_1);
  let other = params.chunks * EXTRA_2 + scale_words(SCALES_2, SHIFT_2);
  return n * max(one, other);
}

fn chunk_at(n: u32, chunk: u32) -> Chunk {
  let second = n >= SPLIT;
  let bits = extra_bits(second);
  var c = Chunk(vec4<u32>(), vec4<u32>(), second);
  let main = main_bits(second);
  // In words: a row of 2 or 1 bits need not begin at a vec4.
  let first = n * params.chunks * max(MAIN_1, MAIN_2) + chunk * main;
  let four = weight[first / 4u];
  if (main == 4u) {
    c.main = four;
  } else if (main == 2u) {
    c.main = select(four, four.zwxy, (first & 2u) != 0u);
  } else {
    c.main.x = four[first & 3u];
  }
  let at = rest_at(n) + chunk * bits;
  if (bits > 0u) {
    c.extra.x = weight_scales[at];
  }
  if (bits > 1u) {
    c.extra.y = weight_scales[at + 1u];
  }
  if (bits > 2u) {
    c.extra.z = weight_scales[at + 2u];
    c.extra.w = weight_scales[at + 3u];
  }
  return c;
}

// Fours in a chunk.
fn chunk_slices() -> u32 {
  return 8u;
}

// Bits of weights 4i … 4i+3 of a chunk, as two pairs of halves, below bit `top` of each.
fn plane(words: vec4<u32>, bits: u32, top: u32, i: u32) -> vec2<u32> {
  let at = 2u * bits * i;
  let word = words[at >> 4u] >> (at & 15u);
  let up = top - bits;
  let mask = (((1u << bits) - 1u) << up) * 0x00010001u;
  return (vec2<u32>(word, word >> bits) << vec2<u32>(up)) & vec2<u32>(mask);
}

// v = 1 + q/2^bits of weights 4i … 4i+3 of the chunk, or their values in the table, or as floats.
fn chunk_values(c: Chunk, i: u32) -> vec4<f32> {
  let kind = value_kind(c.second);
  if (kind == 1u) {
    let w = c.main[i >> 1u] >> (8u * (i & 1u));
    return vec4<f32>(cell_table[w & 15u], cell_table[(w >> 16u) & 15u], cell_table[(w >> 4u) & 15u], cell_table[(w >> 20u) & 15u]);
  }
  let main = main_bits(c.second);
  var mantissas = plane(c.main, main, 10u, i);
  let extra = extra_bits(c.second);
  if (extra > 0u) {
    mantissas |= plane(c.extra, extra, 10u - main, i);
  }
  if (kind == 2u) {
    return vec4<f32>(float_pair(mantissas.x), float_pair(mantissas.y));
  }
  return vec4<f32>(pair_values(mantissas.x), pair_values(mantissas.y));
}

// v·unit − zero is q − zero, exactly; values of a table and floats stay.
fn units(second: bool) -> vec2<f32> {
  if (value_kind(second) != 0u) {
    return vec2<f32>(1.0, 0.0);
  }
  let unit = f32(1u << (main_bits(second) + extra_bits(second)));
  return vec2<f32>(unit, unit + select(ZERO_1, ZERO_2, second));
}

// For values of `chunk_values`: w = x·v + y.
fn chunk_affine(n: u32, chunk: u32, part: u32) -> vec2<f32> {
  let scale = scale_of(n, chunk, part);
  let unit = units(n >= SPLIT);
  return vec2<f32>(scale.x * unit.x, scale.y - scale.x * unit.y);
}

// w of weights 4·slice … 4·slice+3 of row n: rounded once.
fn weight4(n: u32, slice: u32) -> vec4<f32> {
  let chunk = slice >> 3u;
  let scale = scale_of(n, chunk, (slice >> 2u) & 1u);
  let unit = units(n >= SPLIT);
  return scale.x * (chunk_values(chunk_at(n, chunk), slice & 7u) * unit.x - unit.y) + scale.y;
}
