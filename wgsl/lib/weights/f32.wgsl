// f32 weights, K a multiple of 4. A chunk is 32 weights along K; past a row's end it reads the next row, where x is
// zero.
@group(0) @binding(2) var<storage, read> weight: array<vec4<f32>>;

alias Chunk = u32;
const AFFINE: bool = false;

fn chunk_at(n: u32, chunk: u32) -> Chunk {
  return n * (params.k / 4u) + chunk * 8u;
}

// Fours in a chunk: a short row has fewer. A run-time value on purpose: with a constant bound the compiler unrolls 32
// loads, which takes software adapters seconds.
fn chunk_slices() -> u32 {
  return select((params.k + 3u) / 4u, 8u, params.k > 32u);
}

fn chunk_affine(n: u32, chunk: u32, part: u32) -> vec2<f32> {
  return vec2<f32>(1.0, 0.0);
}

fn chunk_values(c: Chunk, i: u32) -> vec4<f32> {
  return weight[c + i];
}

fn weight4(n: u32, slice: u32) -> vec4<f32> {
  return weight[n * (params.k / 4u) + slice];
}
