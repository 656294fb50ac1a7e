// act(gate) · up, element by element. Part: activation (lib/).
alias Scalar = f32;

struct Params {
  count: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> gate: array<Scalar>;
@group(0) @binding(2) var<storage, read> up: array<Scalar>;
@group(0) @binding(3) var<storage, read_write> out: array<Scalar>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = workgroup_number(id, count) * 64u + thread;
  if (i < params.count) {
    out[i] = Scalar(activated(f32(gate[i])) * f32(up[i]));
  }
}
