// Rotary embedding. A thread rotates one pair, or copies two numbers beyond `rotary`. Parts: cache-rows (lib/), gained
// or plain (rope/).
alias Scalar = f32;

struct Params {
  rows: u32,
  cols: u32,
  head_width: u32,
  rotary: u32,
  position: u32,
  // First row of out, where that is a view into a cache (part cache-rows).
  out_row: u32,
  // For a ring (lib/cache-rows-ring.wgsl); else 0.
  lap: u32,
  ring: u32,
  // Distance between pairs, and between the two numbers of a pair.
  step: u32,
  apart: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<Scalar>;
@group(0) @binding(2) var<storage, read> table: array<f32>;
@group(0) @binding(4) var<storage, read_write> out: array<Scalar>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let number = workgroup_number(id, count) * 64u + thread;
  let per_head = (params.head_width + 1u) / 2u;
  let per_row = params.cols / params.head_width * per_head;
  let row = number / per_row;
  if (row >= params.rows) {
    return;
  }
  let head = (number % per_row) / per_head * params.head_width;
  let i = (number % per_row) % per_head;
  let source = row * params.cols + head;
  let place = cache_row(params.out_row + row) * params.cols + head;
  if (i * 2u < params.rotary) {
    let at = i * params.step;
    let angle = (params.position + row) * params.rotary + 2u * i;
    let c = table[angle];
    let s = table[angle + 1u];
    let a = f32(x[source + at]);
    let b = f32(x[source + at + params.apart]);
    out[place + at] = Scalar((a * c - b * s) * gain_at(at));
    out[place + at + params.apart] = Scalar((b * c + a * s) * gain_at(at + params.apart));
  } else {
    for (var at = 2u * i; at < min(2u * i + 2u, params.head_width); at++) {
      out[place + at] = Scalar(f32(x[source + at]) * gain_at(at));
    }
  }
}
