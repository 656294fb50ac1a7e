// cap · tanh(x / cap), element by element.
alias Scalar = f32;

struct Params {
  count: u32,
  cap: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<Scalar>;
@group(0) @binding(2) var<storage, read_write> out: array<Scalar>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = workgroup_number(id, count) * 64u + thread;
  if (i < params.count) {
    // Beyond ±15 tanh is ±1 in f32; some drivers compute it by exponentials that overflow.
    out[i] = Scalar(params.cap * tanh(clamp(f32(x[i]) / params.cap, -15.0, 15.0)));
  }
}
