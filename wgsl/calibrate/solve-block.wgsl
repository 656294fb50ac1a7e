// Solves 32 columns of every row of `moved` f32[padded, padded]: P becomes M with M · blockᵀ = P, the block being that of the
// diagonal of `factor` f32[padded, padded]. A thread computes one row.
struct Params {
  padded: u32,
  first: u32,
  // 32, as a parameter so that compilers do not unroll the loops.
  size: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> factor: array<f32>;
@group(0) @binding(2) var<storage, read_write> moved: array<f32>;

var<workgroup> block: array<f32, 1024>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
  for (var i = local; i < 1024u; i += 64u) {
    block[i] = factor[(params.first + i / 32u) * params.padded + params.first + i % 32u];
  }
  workgroupBarrier();
  let row = group.x * 64u + local;
  if (row >= params.padded) {
    return;
  }
  let at = row * params.padded + params.first;
  var solved: array<f32, 32>;
  for (var step = 0u; step < params.size; step++) {
    let i = 31u - step;
    var left = moved[at + i];
    for (var m = i + 1u; m < params.size; m++) {
      left -= solved[m] * block[i * 32u + m];
    }
    solved[i] = left / block[i * 33u];
    moved[at + i] = solved[i];
  }
}
