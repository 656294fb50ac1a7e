// f32 weights for any K, one by one. Past a row's end it reads the next row, where x is zero.
@group(0) @binding(2) var<storage, read> weight: array<f32>;

alias Chunk = u32;
const AFFINE: bool = false;

fn weight1(at: u32) -> f32 {
  return weight[at];
}
