// Without keys and values: the layer reads those of another one.
fn put_cached(row: u32, head: u32, c: u32, value: f32) {}

fn end_cached(row: u32, head: u32, thread: u32) {}
