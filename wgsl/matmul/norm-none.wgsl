// x enters the matrix product unchanged.
const NORM: bool = false;

fn norm1(column: u32) -> f32 {
  return 1.0;
}

fn norm4(slice: u32) -> vec4<f32> {
  return vec4<f32>(1.0);
}
