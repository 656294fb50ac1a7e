// Sums over neighbouring lanes by subgroups of any size: afterwards every aligned run of `folded` threads holds its
// sum. WGSL does not guarantee that subgroups contain threads in order, so the self-test of this variant
// (engine/runtime/variants/self-test.ts) must have passed on the GPU. All threads of the workgroup must call both
// functions together.
var<workgroup> run: u32;

fn folded(thread: u32, lanes: u32) -> u32 {
  let size = subgroupAdd(1u);
  if (thread == 0u) {
    run = min(lanes, size);
  }
  return workgroupUniformLoad(&run);
}

fn fold_lanes(value: vec4<f32>, reach: u32) -> vec4<f32> {
  var sum = value;
  for (var step = 1u; step < reach; step <<= 1u) {
    sum += subgroupShuffleXor(sum, step);
  }
  return sum;
}
