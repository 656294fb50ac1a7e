// Where the kept rows of each key/value head begin (engine/kv/packed.ts); those before are not read.
@group(0) @binding(9) var<storage, read> starts: array<u32>;

fn first_kept(kv_head: u32) -> u32 {
  return starts[kv_head];
}
