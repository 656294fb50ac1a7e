// Opens a head's result by the sigmoid of its gate.
@group(0) @binding(7) var<storage, read> gate: array<Scalar>;

fn gated(row: u32, head: u32, slice: u32, value: vec4<f32>) -> vec4<f32> {
  // Beyond ±80 the exponential would overflow.
  return value / (1.0 + exp(-clamp(f32(gate[row * params.heads + head]), -80.0, 80.0)));
}
