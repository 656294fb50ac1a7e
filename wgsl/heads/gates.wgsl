// After the heads a row has a number for each head of q: its gate, stored as it is.
@group(0) @binding(12) var<storage, read_write> gate: array<Scalar>;

fn gates_of_row() -> u32 {
  return params.heads;
}

fn put_gate(row: u32, head: u32, value: f32) {
  gate[row * params.heads + head] = Scalar(value);
}
