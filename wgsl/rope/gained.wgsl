// Multiplies a rotated head by weights.
@group(0) @binding(3) var<storage, read> gain: array<f32>;

fn gain_at(c: u32) -> f32 {
  return gain[c];
}
