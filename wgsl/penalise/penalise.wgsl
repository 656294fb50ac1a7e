// Logits with the repetition penalty and the mask, as f32, and the maximum of every 256 of them. One workgroup computes
// 256. Where one of these is not finite, HIGHEST is their maximum (part: lib/finite). A product goes through memory
// before anything is subtracted from it: fused into one operation, the two would be rounded otherwise than on the CPU
// (engine/sampling/sample.ts).
alias Scalar = f32;

struct Params {
  count: u32,
  // Ids in the history: all tokens before the one to choose.
  tokens: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<Scalar>;
// engine/sampling/settings.ts defines each word.
@group(0) @binding(2) var<storage, read> sampling: array<u32>;
@group(0) @binding(3) var<storage, read> history: array<u32>;
// engine/sampling/mask.ts defines each word.
@group(0) @binding(4) var<storage, read> mask: array<u32>;
@group(0) @binding(5) var<storage, read_write> out: array<f32>;
@group(0) @binding(6) var<storage, read_write> maxima: array<f32>;

const BLOCK: u32 = 256u;
const LOWEST: f32 = -3.4028234663852886e38;

// One bit for each id of this block that is in the history.
var<workgroup> seen: array<atomic<u32>, 8>;
// One bit for each id of this block that is in the mask.
var<workgroup> masked: array<atomic<u32>, 8>;
var<workgroup> best: array<f32, BLOCK>;

@compute @workgroup_size(BLOCK)
fn main(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let block = workgroup_number(id, count);
  let first = block * BLOCK;
  if (thread < 8u) {
    atomicStore(&seen[thread], 0u);
    atomicStore(&masked[thread], 0u);
  }
  workgroupBarrier();
  let penalised = sampling[4] != 0u;
  if (penalised) {
    for (var i = thread; i < params.tokens; i += BLOCK) {
      // An id below the block wraps around to a large number.
      let at = history[i] - first;
      if (at < BLOCK) {
        atomicOr(&seen[at >> 5u], 1u << (at & 31u));
      }
    }
  }
  for (var i = thread; i < mask[0]; i += BLOCK) {
    let at = mask[i + 2u] - first;
    if (at < BLOCK) {
      atomicOr(&masked[at >> 5u], 1u << (at & 31u));
    }
  }
  workgroupBarrier();
  var value = LOWEST;
  var finite = true;
  if (first + thread < params.count) {
    value = f32(x[first + thread]);
    finite = !is_broken(value);
    let word = thread >> 5u;
    let bit = thread & 31u;
    if (penalised && ((atomicLoad(&seen[word]) >> bit) & 1u) == 1u) {
      value *= bitcast<f32>(select(sampling[4], sampling[5], value > 0.0));
    }
    // 1 in both: the only ids that may be chosen; 0 in both: ids that nothing is said about.
    if (!finite || ((atomicLoad(&masked[word]) >> bit) & 1u) != mask[1]) {
      value = LOWEST;
    }
    out[first + thread] = value;
  }
  best[thread] = select(HIGHEST, max(value, LOWEST), finite);
  workgroupBarrier();
  // The length must be unknown to compilers: unrolled, its barriers take software adapters long to compile.
  for (var stride = select(0u, BLOCK / 2u, params.count > 0u); stride > 0u; stride >>= 1u) {
    if (thread < stride) {
      best[thread] = max(best[thread], best[thread + stride]);
    }
    workgroupBarrier();
  }
  if (thread == 0u && first < params.count) {
    maxima[block] = best[0];
  }
}
