// Rows of a table of weights, times a scale. A thread computes four numbers. Parts: by-id or in-order (embed/), weights
// (lib/).
alias Scalar = f32;

struct Params {
  rows: u32,
  k: u32,
  // Chunks of 32 weights in a stored row.
  chunks: u32,
  // The tokens whose rows are bound; other dispatches have the others.
  first: u32,
  count: u32,
  vocabulary: u32,
  scale: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(6) var<storage, read_write> out: array<Scalar>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let number = workgroup_number(id, count) * 64u + thread;
  let slices = (params.k + 3u) / 4u;
  let row = number / slices;
  let slice = number % slices;
  if (row >= params.rows) {
    return;
  }
  let token = min(token_of(row), params.vocabulary - 1u);
  if (token < params.first || token - params.first >= params.count) {
    return;
  }
  let value = weight4(token - params.first, slice) * params.scale;
  for (var i = 0u; i < 4u; i++) {
    let column = slice * 4u + i;
    if (column < params.k) {
      out[row * params.k + column] = Scalar(value[i]);
    }
  }
}
