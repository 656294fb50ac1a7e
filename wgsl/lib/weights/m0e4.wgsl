// M0E4 weights (engine/quant/m0e4.ts): the layout of a row. A chunk is 32 weights along K, one vec4<u32>, always within
// one group. `chunk_values`, from nibbles to v = 1 + q/16, is in m0e4-unpack-f16.wgsl or m0e4-unpack-f32.wgsl.
@group(0) @binding(2) var<storage, read> weight: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read> weight_scales: array<u32>;

alias Chunk = vec4<u32>;
const AFFINE: bool = true;
// log2(Q / 32): chunks that share a scale.
override GROUP_SHIFT: u32 = 0u;

fn chunk_at(n: u32, chunk: u32) -> Chunk {
  return weight[n * params.chunks + chunk];
}

// Fours in a chunk.
fn chunk_slices() -> u32 {
  return 8u;
}

// s and b of the chunk: w' = s·v + b.
fn chunk_affine(n: u32, chunk: u32, part: u32) -> vec2<f32> {
  return unpack2x16float(weight_scales[n * (params.chunks >> GROUP_SHIFT) + (chunk >> GROUP_SHIFT)]);
}

// v of weights 4i … 4i+3 of the chunk.
fn chunk_values(c: Chunk, i: u32) -> vec4<f32> {
  return word_values(c[i >> 1u], i & 1u);
}

// w' of weights 4·slice … 4·slice+3 of row n.
fn weight4(n: u32, slice: u32) -> vec4<f32> {
  let chunk = slice >> 3u;
  let affine = chunk_affine(n, chunk, 0u);
  let word = weight[n * params.chunks + chunk][(slice >> 1u) & 3u];
  return affine.x * word_values(word, slice & 1u) + affine.y;
}
