// Factors one diagonal block of 32 columns: overwrites its upper triangle by R with block = R·Rᵀ, last column first. One
// workgroup.
struct Params {
  padded: u32,
  first: u32,
  // 32, as a parameter so that compilers do not unroll the loops.
  size: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> least: array<f32>;
@group(0) @binding(2) var<storage, read_write> sum: array<f32>;

var<workgroup> block: array<f32, 1024>;

@compute @workgroup_size(32)
fn main(@builtin(local_invocation_index) j: u32) {
  let at = (params.first + j) * params.padded + params.first;
  for (var c = j; c < params.size; c++) {
    block[j * 32u + c] = sum[at + c];
  }
  workgroupBarrier();
  for (var step = 0u; step < params.size; step++) {
    let i = 31u - step;
    let pivot = sqrt(max(block[i * 33u], least[0]));
    workgroupBarrier();
    if (j < i) {
      block[j * 32u + i] /= pivot;
    } else if (j == i) {
      block[i * 33u] = pivot;
    }
    workgroupBarrier();
    if (j < i) {
      let own = block[j * 32u + i];
      for (var c = j; c < i; c++) {
        block[j * 32u + c] -= own * block[c * 32u + i];
      }
    }
    workgroupBarrier();
  }
  for (var c = j; c < params.size; c++) {
    sum[at + c] = block[j * 32u + c];
  }
}
