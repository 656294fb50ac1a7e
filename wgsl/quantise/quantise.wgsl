// Quantises keys or values for a cache of 8 bits; one workgroup per head of a row. Parts: kv8-pack, cache-rows (lib/).
alias Scalar = f32;

struct Params {
  rows: u32,
  heads: u32,
  head_width: u32,
  // First row of out, where that is a view into a cache (part cache-rows).
  out_row: u32,
  // For a ring (lib/cache-rows-ring.wgsl); else 0.
  lap: u32,
  ring: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<Scalar>;
@group(0) @binding(2) var<storage, read_write> out: array<u32>;

const THREADS: u32 = 64u;

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let number = workgroup_number(id, count);
  let row = number / params.heads;
  if (row >= params.rows) {
    return;
  }
  for (var c = thread; c < params.head_width; c += THREADS) {
    made[c] = f32(x[number * params.head_width + c]);
  }
  let peak = peak_of_head(params.head_width, thread);
  let slices = params.head_width / 4u;
  let first = (cache_row(params.out_row + row) * params.heads + number % params.heads) * (slices + 1u);
  for (var slice = thread; slice < slices; slice += THREADS) {
    out[first + slice] = packed(slice, peak);
  }
  if (thread == 0u) {
    out[first + slices] = bitcast<u32>(peak);
  }
}
