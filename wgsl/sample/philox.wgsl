// Random numbers by position, with the seed in sampling[6] and sampling[7]. Part: wide (sample/). The first word of
// Philox2x32-10 (engine/sampling/random.ts).
fn random(position: u32) -> u32 {
  var low = position;
  var high = sampling[7];
  var key = sampling[6];
  let rounds = unknown(10u);
  for (var round = 0u; round < rounds; round++) {
    let next = multiply_high(0xd256d193u, low) ^ key ^ high;
    high = 0xd256d193u * low;
    low = next;
    key += 0x9e3779b9u;
  }
  return low;
}
