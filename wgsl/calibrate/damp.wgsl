// Adds `damping` of the mean of the first k numbers of the diagonal to them; what pads the matrix becomes the identity. One
// workgroup. `least[0]` receives the smallest square of a pivot.
struct Params {
  k: u32,
  padded: u32,
  damping: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> sum: array<f32>;
@group(0) @binding(2) var<storage, read_write> least: array<f32>;

var<workgroup> parts: array<f32, 64>;

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) local: u32) {
  var part = 0.0;
  for (var i = local; i < params.k; i += 64u) {
    part += sum[i * params.padded + i];
  }
  parts[local] = part;
  workgroupBarrier();
  var trace = 0.0;
  for (var i = 0u; i < 64u; i++) {
    trace += parts[i];
  }
  var added = params.damping * trace / f32(params.k);
  if (trace == 0.0) {
    added = 1.0;
  }
  for (var i = local; i < params.padded; i += 64u) {
    let at = i * params.padded + i;
    sum[at] = select(1.0, sum[at] + added, i < params.k);
  }
  if (local == 0u) {
    least[0] = added * 0.5;
  }
}
