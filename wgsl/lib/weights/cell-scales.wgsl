// Scales of row cells: how many words a row's have, and s and b of a group, for each kind of scales (CellScales in
// engine/tensor/cells.ts; their numbers are the indices of SCALES in engine/kernels/cell-parts.ts). A part of cell.wgsl.

// Words of a row's scales.
fn scale_words(scales: u32, shift: u32) -> u32 {
  switch (scales) {
    case 0u: {
      return (params.chunks + 1u) / 2u;
    }
    case 1u, 3u, 9u, 11u, 12u: {
      return params.chunks >> shift;
    }
    case 10u: {
      return (params.chunks >> shift) * 2u;
    }
    case 2u: {
      return (params.chunks + 3u) / 4u;
    }
    case 4u, 5u: {
      return params.chunks / 2u;
    }
    case 6u: {
      return params.chunks / 4u;
    }
    case 13u: {
      return (params.chunks / 8u + 1u) / 2u;
    }
    case 14u: {
      return (params.chunks / 4u + 1u) / 2u;
    }
    default: {
      return params.chunks / 8u * 5u;
    }
  }
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

// The numbers that the two bfloat16 in a word encode.
fn bf16_pair(word: u32) -> vec2<f32> {
  return vec2<f32>(bitcast<f32>(word << 16u), bitcast<f32>(word & 0xFFFF0000u));
}

// s and b of a half (part 0 or 1) of a chunk, exactly: w = s·(q − zero) + b.
fn scale_of(n: u32, chunk: u32, part: u32) -> vec2<f32> {
  let second = n >= SPLIT;
  let first = rest_at(n) + params.chunks * extra_bits(second);
  // Within 256 weights: the group of 32, and that of 16.
  let g = chunk & 7u;
  let h = 2u * g + part;
  let group = chunk >> select(SHIFT_1, SHIFT_2, second);
  switch (select(SCALES_1, SCALES_2, second)) {
    case 0u: {
      return vec2<f32>(half_value(weight_scales[first + (chunk >> 1u)] >> (16u * (chunk & 1u))), 0.0);
    }
    case 1u: {
      let word = weight_scales[first + group];
      return vec2<f32>(half_value(word), half_value(word >> 16u));
    }
    case 2u: {
      let e = byte_at(first, chunk) & 255u;
      return vec2<f32>(select(0.0, bitcast<f32>((e - 1u) << 23u), e > 1u), 0.0);
    }
    case 3u: {
      return vec2<f32>(bitcast<f32>(weight_scales[first + group]), 0.0);
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
    case 9u: {
      return bf16_pair(weight_scales[first + group]);
    }
    case 10u: {
      let at = first + 2u * group;
      return vec2<f32>(bitcast<f32>(weight_scales[at]), bitcast<f32>(weight_scales[at + 1u]));
    }
    case 11u: {
      let word = weight_scales[first + group];
      let s = half_value(word);
      return vec2<f32>(s, -s * f32(word >> 16u));
    }
    case 12u: {
      let word = weight_scales[first + group];
      let s = bf16_pair(word).x;
      return vec2<f32>(s, -s * f32(word >> 16u));
    }
    case 13u: {
      return vec2<f32>(half_value(weight_scales[first + (chunk >> 4u)] >> (16u * ((chunk >> 3u) & 1u))), 0.0);
    }
    case 14u: {
      return vec2<f32>(2.0 * half_value(weight_scales[first + (chunk >> 3u)] >> (16u * ((chunk >> 2u) & 1u))), 0.0);
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
