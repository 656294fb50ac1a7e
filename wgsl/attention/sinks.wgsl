// A learnt score of each head that has no value: it takes a share of the softmax.
@group(0) @binding(6) var<storage, read> sinks: array<f32>;

// The sum of v divided by all weights; both sums are relative to `largest`, which the sink may exceed.
fn divided(sum: vec4<f32>, total: f32, largest: f32, head: u32) -> vec4<f32> {
  let sink = sinks[head];
  let most = max(largest, sink);
  let less = exp(largest - most);
  return sum * (less / (total * less + exp(sink - most)));
}
