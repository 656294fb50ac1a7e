// A dispatch is one number of workgroups; past 65,535 it is folded into x and y, and the last row of
// the fold may reach beyond the end: kernels guard what they store.
fn workgroup_number(id: vec3<u32>, count: vec3<u32>) -> u32 {
  return id.y * count.x + id.x;
}
