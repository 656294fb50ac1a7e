// Mamba-2: a new value is added, as large as the step.
fn strength(row: u32, head: u32) -> f32 {
  return step_of(row, head);
}
