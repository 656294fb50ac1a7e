// What all stages of a scan share: parameters, and where a row has a head.
alias Scalar = f32;

struct Params {
  rows: u32,
  // Of the first row of x.
  position: u32,
  // Slots of the state that is read and of the one that is written.
  read: u32,
  write: u32,
  heads: u32,
  // Heads of q and k.
  groups: u32,
  // A head of q and k, and a head of v.
  key_width: u32,
  head_width: u32,
  // Columns of a row of x, and where q, k and v begin in it.
  x_cols: u32,
  q_at: u32,
  k_at: u32,
  v_at: u32,
  z_cols: u32,
  z_at: u32,
  a_cols: u32,
  a_at: u32,
  b_cols: u32,
  b_at: u32,
  // 1 where head h has group h mod groups; else neighbours share one.
  tiled: u32,
  eps: f32,
  // Bounds of the step, and factors of z, of a and of the result.
  least: f32,
  most: f32,
  z_scale: f32,
  a_scale: f32,
  scale: f32,
}
@group(0) @binding(0) var<uniform> params: Params;

fn group_of(head: u32) -> u32 {
  return select(head / (params.heads / params.groups), head % params.groups, params.tiled == 1u);
}

// Where a row of x has the head of k, q or v.
fn k_start(row: u32, head: u32) -> u32 {
  return row * params.x_cols + params.k_at + group_of(head) * params.key_width;
}

fn q_start(row: u32, head: u32) -> u32 {
  return row * params.x_cols + params.q_at + group_of(head) * params.key_width;
}

fn v_start(row: u32, head: u32) -> u32 {
  return row * params.x_cols + params.v_at + head * params.head_width;
}

// Where a slot has the state of a head: [key_width, head_width].
fn state_start(slot: u32, head: u32) -> u32 {
  return (slot * params.heads + head) * params.key_width * params.head_width;
}
