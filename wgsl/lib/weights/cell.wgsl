// Row cells (engine/tensor/cells.ts): weights in the bits that were published. A chunk is 32 weights along K. A matrix
// may have two cells: rows from SPLIT on have the second. All choices among them fold where both are the same. Parts:
// cell-unpack-f16.wgsl or cell-unpack-f32.wgsl, and a table of 16 values.
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
// Subtracted from q; and whether a nibble chooses from the table instead.
const ZERO_1: f32 = 0.0;
const ZERO_2: f32 = 0.0;
const TABLE_1: bool = false;
const TABLE_2: bool = false;

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

fn from_table(second: bool) -> bool {
  return select(TABLE_1, TABLE_2, second);
}

// Words of a row's scales.
fn scale_words(scales: u32) -> u32 {
  switch (scales) {
    case 0u: {
      return (params.chunks + 1u) / 2u;
    }
    case 1u: {
      return params.chunks;
    }
    case 2u: {
      return (params.chunks + 3u) / 4u;
    }
    case 3u, 4u, 5u: {
      return params.chunks / 2u;
    }
    case 6u: {
      return params.chunks / 4u;
    }
    default: {
      return params.chunks / 8u * 5u;
    }
  }
}

// First word of a row's extra bits; its scales follow. Rows of both cells have the room of the longer ones.
fn rest_at(n: u32) -> u32 {
  let one = params.chunks * EXTRA_1 + scale_words(SCALES_1);
  let other = params.chunks * EXTRA_2 + scale_words(SCALES_2);
  return n * max(one, other);
}

fn chunk_at(n: u32, chunk: u32) -> Chunk {
  let second = n >= SPLIT;
  let bits = extra_bits(second);
  var c = Chunk(vec4<u32>(), vec4<u32>(), second);
  let row = n * (params.chunks * max(MAIN_1, MAIN_2) / 4u);
  if (main_bits(second) == 4u) {
    c.main = weight[row + chunk];
  } else {
    let two = weight[row + chunk / 2u];
    c.main = select(two, two.zwxy, (chunk & 1u) != 0u);
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

// v = 1 + q/2^bits of weights 4i … 4i+3 of the chunk, or their values in the table.
fn chunk_values(c: Chunk, i: u32) -> vec4<f32> {
  if (from_table(c.second)) {
    let w = c.main[i >> 1u] >> (8u * (i & 1u));
    return vec4<f32>(cell_table[w & 15u], cell_table[(w >> 16u) & 15u], cell_table[(w >> 4u) & 15u], cell_table[(w >> 20u) & 15u]);
  }
  let main = main_bits(c.second);
  var mantissas = plane(c.main, main, 10u, i);
  let extra = extra_bits(c.second);
  if (extra > 0u) {
    mantissas |= plane(c.extra, extra, 10u - main, i);
  }
  return vec4<f32>(pair_values(mantissas.x), pair_values(mantissas.y));
}

// The number that the low 16 bits of a word encode. By integers where it is subnormal, since a GPU may take those for
// zero, and scales of small weights often are.
fn half_value(bits: u32) -> f32 {
  let size = bits & 0x7FFFu;
  let value = select(bitcast<f32>((size << 13u) + 0x38000000u), f32(size) * 5.9604644775390625e-8, size < 0x0400u);
  return select(value, -value, (bits & 0x8000u) != 0u);
}

// Number n of six bits; words of nibbles from `at` on, high bits in `high`.
fn six_bits(at: u32, high: u32, n: u32) -> f32 {
  let low = (weight_scales[at + (n >> 3u)] >> (4u * (n & 7u))) & 15u;
  return f32(low | (((high >> (2u * n)) & 3u) << 4u));
}

// Byte n from word `at` on, in the low bits.
fn byte_at(at: u32, n: u32) -> u32 {
  return weight_scales[at + (n >> 2u)] >> (8u * (n & 3u));
}

// s and b of a half (part 0 or 1) of a chunk, exactly: w = s·(q − zero) + b.
fn scale_of(n: u32, chunk: u32, part: u32) -> vec2<f32> {
  let second = n >= SPLIT;
  let first = rest_at(n) + params.chunks * extra_bits(second);
  // Within 256 weights: the group of 32, and that of 16.
  let g = chunk & 7u;
  let h = 2u * g + part;
  switch (select(SCALES_1, SCALES_2, second)) {
    case 0u: {
      return vec2<f32>(half_value(weight_scales[first + (chunk >> 1u)] >> (16u * (chunk & 1u))), 0.0);
    }
    case 1u: {
      let word = weight_scales[first + chunk];
      return vec2<f32>(half_value(word), half_value(word >> 16u));
    }
    case 2u: {
      let e = byte_at(first, chunk) & 255u;
      return vec2<f32>(select(0.0, bitcast<f32>((e - 1u) << 23u), e > 1u), 0.0);
    }
    case 3u: {
      return vec2<f32>(bitcast<f32>(weight_scales[first + (chunk >> 1u)]), 0.0);
    }
    case 4u: {
      let at = first + (chunk >> 3u) * 4u;
      let both = weight_scales[at];
      let high = weight_scales[at + 3u];
      let s = half_value(both) * six_bits(at + 1u, high, g);
      return vec2<f32>(s, -half_value(both >> 16u) * six_bits(at + 1u, high, 8u + g));
    }
    case 5u: {
      let at = first + (chunk >> 3u) * 4u;
      return vec2<f32>(half_value(weight_scales[at]) * (six_bits(at + 1u, weight_scales[at + 3u], h) - 32.0), 0.0);
    }
    case 6u: {
      let at = first + (chunk >> 3u) * 2u;
      let high = weight_scales[at + 1u];
      return vec2<f32>(half_value(high >> 16u) * (six_bits(at, high, g) - 32.0), 0.0);
    }
    case 7u: {
      let at = first + (chunk >> 3u) * 5u;
      let scale = f32(bitcast<i32>(byte_at(at + 1u, h) << 24u) >> 24u);
      return vec2<f32>(half_value(weight_scales[at]) * scale, 0.0);
    }
    default: {
      let at = first + (chunk >> 3u) * 5u;
      let both = weight_scales[at];
      let pair = byte_at(at + 1u, h);
      let s = half_value(both) * f32(pair & 15u);
      return vec2<f32>(s, -half_value(both >> 16u) * f32((pair >> 4u) & 15u));
    }
  }
}

// v·unit − zero is q − zero, exactly; a table's values stay.
fn units(second: bool) -> vec2<f32> {
  if (from_table(second)) {
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
