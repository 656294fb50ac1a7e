// Finds the last item of an order that has at most a given weight before it, by digits of 6 bits, the highest first,
// like a radix selection. Items are (distance, id). The kernel defines where they are (`item_at`, `within`) and their
// weight (`mass_of`), and provides `unknown`. Part: wide (sample/).
// `DIGITS`: the bits that the four digits of a distance or of an id cover.
const DIGITS: u32 = 0xffffffu;

// By digit: the number of items, the sum of their weights' low 12 bits and of the rest, and one of their ids.
var<workgroup> counts: array<atomic<u32>, 64>;
var<workgroup> lows: array<atomic<u32>, 64>;
var<workgroup> highs: array<atomic<u32>, 64>;
var<workgroup> owners: array<atomic<u32>, 64>;
// Digit, count and one owner of the digit that the search descends into.
var<workgroup> picked: vec3<u32>;

fn weight_at(digit: u32) -> vec2<u32> {
  let high = atomicLoad(&highs[digit]);
  return plus(vec2(atomicLoad(&lows[digit]), 0u), vec2(high << 12u, high >> 20u));
}

// Finds the last digit that has items and at most `limit` before it, and puts it into `picked`; returns the weight
// before it.
fn pick(limit: vec2<u32>) -> vec2<u32> {
  var before = vec2(0u);
  var start = vec2(0u);
  picked = vec3(0u);
  let digits = unknown(64u);
  for (var digit = 0u; digit < digits; digit++) {
    let items = atomicLoad(&counts[digit]);
    if (items == 0u) {
      continue;
    }
    if (above(before, limit)) {
      break;
    }
    picked = vec3(digit, items, atomicLoad(&owners[digit]));
    start = before;
    before = plus(before, weight_at(digit));
  }
  return start;
}

// Among the items up to `bound`: the last with at most `share` items before it or, by mass, at most that share of 2^32
// of their mass. Returns a bound that includes exactly the items up to it, and in z its id where it is read from x.
fn narrow(source: u32, length: u32, bound: vec2<u32>, by_mass: bool, share: u32) -> vec3<u32> {
  var prefix = vec2(0u);
  var known = vec2(0u);
  // The weight that may come before; only the first thread tracks it.
  var left = vec2(share, 0u);
  var id = 0u;
  let levels = unknown(8u);
  for (var level = 0u; level < levels; level++) {
    let shift = 18u - 6u * (level & 3u);
    if (thread < 64u) {
      atomicStore(&counts[thread], 0u);
      atomicStore(&lows[thread], 0u);
      atomicStore(&highs[thread], 0u);
    }
    workgroupBarrier();
    for (var i = thread; i < length; i += THREADS) {
      let item = item_at(source, i);
      if (within(item, bound) && all((item & known) == prefix)) {
        let digit = (select(item.y, item.x, level < 4u) >> shift) & 63u;
        let weight = select(1u, mass_of(item.x), by_mass);
        atomicAdd(&counts[digit], 1u);
        atomicAdd(&lows[digit], weight & 0xfffu);
        atomicAdd(&highs[digit], weight >> 12u);
        atomicStore(&owners[digit], item.y);
      }
    }
    workgroupBarrier();
    if (thread == 0u) {
      if (by_mass && level == 0u) {
        var sum = vec2(0u);
        for (var digit = 0u; digit < unknown(64u); digit++) {
          sum = plus(sum, weight_at(digit));
        }
        left = share_of(sum, share);
      }
      left = minus(left, pick(left));
    }
    let found = workgroupUniformLoad(&picked);
    if (found.y == 0u) {
      return vec3(bound, 0u);
    }
    id = found.z;
    let place = vec2(select(0u, shift, level < 4u), select(shift, 0u, level < 4u));
    let here = vec2(select(0u, 63u, level < 4u), select(63u, 0u, level < 4u));
    prefix |= (vec2(found.x) & here) << place;
    known |= here << place;
    if (found.y == 1u) {
      break;
    }
  }
  // Digits that were not searched may have any value, if they were within the previous bound.
  let last = prefix | (~known & vec2(DIGITS));
  return vec3(select(bound, last, within(last, bound)), id);
}
