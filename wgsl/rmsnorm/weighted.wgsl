// A norm with weights.
@group(0) @binding(2) var<storage, read> weight: array<f32>;

fn weight_at(c: u32) -> f32 {
  return weight[c];
}
