// a + b. Parts: elements, scaled (lib/).
alias Scalar = f32;

struct Params {
  count: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<Scalar>;
@group(0) @binding(2) var<storage, read> b: array<Scalar>;
@group(0) @binding(3) var<storage, read_write> out: array<Scalar>;

fn element(i: u32) -> Scalar {
  return Scalar(scaled(f32(a[i]) + f32(b[i])));
}
