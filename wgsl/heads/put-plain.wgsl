// Stores keys and values in the dtype of activations.
@group(0) @binding(7) var<storage, read_write> k: array<Scalar>;
@group(0) @binding(8) var<storage, read_write> v: array<Scalar>;

// Number c of a head; heads are indexed from the first one after q.
fn put_cached(row: u32, head: u32, c: u32, value: f32) {
  let width = params.head_width;
  if (head < params.kv_heads) {
    k[(cache_row(params.k_row + row) * params.kv_heads + head) * width + c] = Scalar(value);
  } else {
    v[(cache_row(params.v_row + row) * params.kv_heads + head - params.kv_heads) * width + c] = Scalar(value);
  }
}

fn end_cached(row: u32, head: u32, thread: u32) {}
