// Stores keys and values in 8 bits: collects a head, then packs it. Part: kv8-pack (lib/).
@group(0) @binding(7) var<storage, read_write> k: array<u32>;
@group(0) @binding(8) var<storage, read_write> v: array<u32>;

fn put_cached(row: u32, head: u32, c: u32, value: f32) {
  made[c] = value;
}

fn end_cached(row: u32, head: u32, thread: u32) {
  let slices = params.head_width / 4u;
  let peak = peak_of_head(params.head_width, thread);
  let is_k = head < params.kv_heads;
  let at = cache_row(select(params.v_row, params.k_row, is_k) + row) * params.kv_heads;
  let first = (at + head % params.kv_heads) * (slices + 1u);
  for (var slice = thread; slice <= slices; slice += THREADS) {
    var word = bitcast<u32>(peak);
    if (slice < slices) {
      word = packed(slice, peak);
    }
    if (is_k) {
      k[first + slice] = word;
    } else {
      v[first + slice] = word;
    }
  }
}
