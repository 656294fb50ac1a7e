// act(gate) · up. Parts: gate-activation, elements (lib/).
alias Scalar = f32;

struct Params {
  count: u32,
  cols: u32,
  // Columns of up, and the first that is read.
  up_cols: u32,
  column: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> gate: array<Scalar>;
@group(0) @binding(2) var<storage, read> up: array<Scalar>;
@group(0) @binding(3) var<storage, read_write> out: array<Scalar>;

fn element(i: u32) -> Scalar {
  return Scalar(activated(f32(gate[i])) * f32(up[i / params.cols * params.up_cols + params.column + i % params.cols]));
}
