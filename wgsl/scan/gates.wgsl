// Gates of a head in a row. Part: shared (scan/).
@group(0) @binding(7) var<storage, read> a: array<Scalar>;

fn softplus(x: f32) -> f32 {
  return max(x, 0.0) + log(1.0 + exp(-min(abs(x), 80.0)));
}

// The step Δ.
fn step_of(row: u32, head: u32) -> f32 {
  let raw = f32(a[row * params.a_cols + params.a_at + head]) * params.a_scale;
  return clamp(softplus(raw + weights[params.heads + head]), params.least, params.most);
}

// The logarithm of the factor that the state is multiplied by.
fn log_decay(row: u32, head: u32) -> f32 {
  return -exp(weights[head]) * step_of(row, head);
}
