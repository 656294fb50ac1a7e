// Packs one head into signed bytes and a scale (engine/tensor/kv8.ts), by all THREADS of a workgroup.
const WIDEST: u32 = 512u;
var<workgroup> made: array<f32, WIDEST>;
var<workgroup> peaks: array<f32, THREADS>;

// The largest magnitude of made[0 … width). All of it must be written before.
fn peak_of_head(width: u32, thread: u32) -> f32 {
  workgroupBarrier();
  var peak = 0.0;
  for (var c = thread; c < width; c += THREADS) {
    peak = max(peak, abs(made[c]));
  }
  peaks[thread] = peak;
  workgroupBarrier();
  for (var stride = THREADS / 2u; stride > 0u; stride >>= 1u) {
    if (thread < stride) {
      peaks[thread] = max(peaks[thread], peaks[thread + stride]);
    }
    workgroupBarrier();
  }
  return peaks[0];
}

fn packed(slice: u32, peak: f32) -> u32 {
  let c = 4u * slice;
  let four = vec4<f32>(made[c], made[c + 1u], made[c + 2u], made[c + 3u]);
  return pack4x8snorm(select(vec4<f32>(), four / peak, peak > 0.0));
}
