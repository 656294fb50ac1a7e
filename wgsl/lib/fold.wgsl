// A dispatch is one number of workgroups. Above 65,535 it is folded into x and y, and the last row of the fold may
// reach beyond the end, so kernels guard their stores.
fn workgroup_number(id: vec3<u32>, count: vec3<u32>) -> u32 {
  return id.y * count.x + id.x;
}
