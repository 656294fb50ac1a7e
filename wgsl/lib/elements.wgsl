// The entry of a kernel that makes one number per thread: `element` and `params.count` are the kernel's.
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
