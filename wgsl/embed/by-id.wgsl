// The table has a row for each token of the vocabulary.
@group(0) @binding(1) var<storage, read> ids: array<u32>;

fn token_of(row: u32) -> u32 {
  return ids[row];
}
