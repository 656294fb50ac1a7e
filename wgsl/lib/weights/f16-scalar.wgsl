// f16 weights for any K, one by one, with or without shader-f16. Past a row's end it reads the next row, where x is
// zero.
@group(0) @binding(2) var<storage, read> weight: array<u32>;

alias Chunk = u32;
const AFFINE: bool = false;

fn weight1(at: u32) -> f32 {
  let pair = unpack2x16float(weight[at >> 1u]);
  return select(pair.x, pair.y, (at & 1u) != 0u);
}
