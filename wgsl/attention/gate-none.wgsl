// Without gates.
fn gated(row: u32, head: u32, slice: u32, value: vec4<f32>) -> vec4<f32> {
  return value;
}
