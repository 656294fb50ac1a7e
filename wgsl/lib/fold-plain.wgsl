// Sums over neighbouring lanes without subgroups: adds nothing here, and leaves all sums to workgroup memory.
fn folded(thread: u32, lanes: u32) -> u32 {
  return 1u;
}

fn fold_lanes(value: vec4<f32>, reach: u32) -> vec4<f32> {
  return value;
}
