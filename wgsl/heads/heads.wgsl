// Processes the heads of a row of q, k and v that a matrix product left; one workgroup per head of a row. Parts: place,
// norms, put, gates (heads/), cache-rows (lib/).
alias Scalar = f32;

struct Params {
  rows: u32,
  heads: u32,
  kv_heads: u32,
  head_width: u32,
  // Gates after the heads of a row.
  gates: u32,
  rotary: u32,
  // Position of the first row, and the cache rows of its k and v (part cache-rows).
  position: u32,
  k_row: u32,
  v_row: u32,
  // For a ring (lib/cache-rows-ring.wgsl); else 0.
  lap: u32,
  ring: u32,
  // Distance between pairs, and between the two numbers of a pair.
  step: u32,
  apart: u32,
  head_eps: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
// The result of the product.
alias Raw = Scalar;
@group(0) @binding(1) var<storage, read> x: array<Raw>;

// Where the workgroup's head begins in x.
var<private> start: u32;

fn raw(c: u32) -> f32 {
  return f32(x[start + c]);
}

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let width = params.head_width;
  let heads = params.heads + 2u * params.kv_heads;
  let all = heads + (gates_of_row() + width - 1u) / width;
  let number = workgroup_number(id, count);
  let row = number / all;
  if (row >= params.rows) {
    return;
  }
  start = row * (heads * width + gates_of_row()) + number % all * width;
  place_head(row, number % all, thread);
}
