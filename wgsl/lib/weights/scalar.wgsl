// The functions that matrix products need of weights, on top of `weight1`.
fn chunk_at(n: u32, chunk: u32) -> Chunk {
  return n * params.k + chunk * 32u;
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
  let at = c + i * 4u;
  return vec4<f32>(weight1(at), weight1(at + 1u), weight1(at + 2u), weight1(at + 3u));
}

fn weight4(n: u32, slice: u32) -> vec4<f32> {
  return chunk_values(n * params.k + slice * 4u, 0u);
}
