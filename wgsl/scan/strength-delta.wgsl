// Gated delta rule: a new value replaces what its key reads so far, by the gate b.
@group(0) @binding(8) var<storage, read> b: array<Scalar>;

fn strength(row: u32, head: u32) -> f32 {
  return sigmoid(f32(b[row * params.b_cols + params.b_at + head]));
}
