// After the heads a row has the gates of heads, or of their columns, which are stored as they are.
@group(0) @binding(12) var<storage, read_write> gate: array<Scalar>;

fn gates_of_row() -> u32 {
  return params.gates;
}

fn put_gate(row: u32, i: u32, value: f32) {
  gate[row * params.gates + i] = Scalar(value);
}
