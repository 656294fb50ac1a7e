// A sum times a number of the model.
@group(0) @binding(4) var<storage, read> scale: array<f32>;

fn scaled(value: f32) -> f32 {
  return value * scale[0];
}
