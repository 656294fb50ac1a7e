// cap · tanh(x / cap). Part: elements (lib/).
alias Scalar = f32;

struct Params {
  count: u32,
  cap: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<Scalar>;
@group(0) @binding(2) var<storage, read_write> out: array<Scalar>;

fn element(i: u32) -> Scalar {
  // Beyond ±15 tanh is ±1 in f32; some drivers compute it by exponentials that overflow.
  return Scalar(params.cap * tanh(clamp(f32(x[i]) / params.cap, -15.0, 15.0)));
}
