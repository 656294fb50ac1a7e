// An activation function of each number. Parts: gate-activation, elements (lib/).
alias Scalar = f32;

struct Params {
  count: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<Scalar>;
@group(0) @binding(2) var<storage, read_write> out: array<Scalar>;

fn element(i: u32) -> Scalar {
  return Scalar(activated(f32(x[i])));
}
