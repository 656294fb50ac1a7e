// A vector that is added to every row before its norm.
@group(0) @binding(5) var<storage, read> shift: array<f32>;

fn shift_at(c: u32) -> f32 {
  return shift[c];
}
