// Opens each number of a head's result by the sigmoid of its own gate.
@group(0) @binding(7) var<storage, read> gate: array<Scalar>;

fn gated(row: u32, head: u32, slice: u32, value: vec4<f32>) -> vec4<f32> {
  let start = (row * params.heads + head) * params.width;
  var opening = vec4<f32>();
  for (var i = 0u; i < 4u; i++) {
    // The last slice may be partial.
    opening[i] = f32(gate[start + min(4u * slice + i, params.width - 1u)]);
  }
  // Beyond ±80 the exponential would overflow.
  return value / (1.0 + exp(-clamp(opening, vec4<f32>(-80.0), vec4<f32>(80.0))));
}
