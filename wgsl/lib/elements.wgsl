// Entry point of kernels with one number per thread. The kernel defines `element` and `params.count`.
@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = workgroup_number(id, count) * 64u + thread;
  if (i < params.count) {
    out[i] = element(i);
  }
}
