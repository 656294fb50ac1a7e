// Q8 weights (engine/quant/q8.ts): signed bytes with a scale and a bias per group. A chunk is 32 weights along K, two
// vec4<u32>, always within one group; the four bytes of a word are neighbours in K.
@group(0) @binding(2) var<storage, read> weight: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read> weight_scales: array<u32>;

// Index of its first vec4<u32>.
alias Chunk = u32;
const AFFINE: bool = true;
// log2(Q / 32): chunks that share a scale.
override GROUP_SHIFT: u32 = 0u;

fn chunk_at(n: u32, chunk: u32) -> Chunk {
  return (n * params.chunks + chunk) * 2u;
}

// Fours in a chunk.
fn chunk_slices() -> u32 {
  return 8u;
}

// s and b of the chunk: w' = s·q + b.
fn chunk_affine(n: u32, chunk: u32, part: u32) -> vec2<f32> {
  return unpack2x16float(weight_scales[n * (params.chunks >> GROUP_SHIFT) + (chunk >> GROUP_SHIFT)]);
}

// q of weights 4i … 4i+3 of the chunk: shifts a byte to the top and back, which extends its sign.
fn chunk_values(c: Chunk, i: u32) -> vec4<f32> {
  let word = weight[c + (i >> 2u)][i & 3u];
  return vec4<f32>(bitcast<vec4<i32>>(vec4<u32>(word << 24u, word << 16u, word << 8u, word)) >> vec4<u32>(24u));
}

// w' of weights 4·slice … 4·slice+3 of row n.
fn weight4(n: u32, slice: u32) -> vec4<f32> {
  let chunk = slice >> 3u;
  let affine = chunk_affine(n, chunk, 0u);
  return affine.x * chunk_values(chunk_at(n, chunk), slice & 7u) + affine.y;
}
