// The next id, by temperature, top-k, top-p, min-p and a random number. Meaning and proof of agreement:
// engine/sampling/sample.ts, whose words are used here. One workgroup.
//
// Every filter and the draw are one question: in the order (distance, id), which is the last item with at most so
// much weight before it? `narrow` answers it by digits of 6 bits, the highest first, as a radix sort looks for one
// element. The maxima of blocks tell which blocks hold candidates at all; these are gathered where they fit, so that
// the usual request walks over the vocabulary's maxima and a few blocks only.

struct Params {
  count: u32,
  blocks: u32,
  // Tokens before the one that is chosen.
  position: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> maxima: array<f32>;
// engine/sampling/settings.ts says what each word is.
@group(0) @binding(3) var<storage, read> sampling: array<u32>;
@group(0) @binding(4) var<storage, read_write> out: array<u32>;

const THREADS: u32 = 256u;
const BLOCK: u32 = 256u;
const REACH: u32 = 12582912u;
const OUT: u32 = 0xffffffffu;
// What the digits of a distance or an id hold together.
const DIGITS: u32 = 0xffffffu;
const LOWEST: f32 = -3.4028234663852886e38;

// An item is (distance, id). Where items are read from:
const IN_BLOCKS: u32 = 0u;
const IN_ALL: u32 = 1u;
const IN_LIST: u32 = 2u;
const ROOM: u32 = 256u;

var<workgroup> list: array<vec2<u32>, ROOM>;
var<workgroup> listed: atomic<u32>;
var<workgroup> passing: array<u32, THREADS>;
var<workgroup> passed: atomic<u32>;
var<workgroup> shared_count: u32;
var<workgroup> greatest: array<f32, THREADS>;
// By digit: how many items, the sum of their weights' low 12 bits and of the rest, one of their ids.
var<workgroup> counts: array<atomic<u32>, 64>;
var<workgroup> lows: array<atomic<u32>, 64>;
var<workgroup> highs: array<atomic<u32>, 64>;
var<workgroup> owners: array<atomic<u32>, 64>;
// Digit, count and an owner of the digit that narrow goes down.
var<workgroup> picked: vec3<u32>;

var<private> thread: u32;
var<private> top: f32;
var<private> scale: f32;

// The same number, though compilers do not know it: unrolled loops with barriers take software adapters seconds.
fn unknown(n: u32) -> u32 {
  return select(0u, n, params.count > 0u);
}

fn distance_of(value: f32) -> u32 {
  if (value == top) {
    return 0u;
  }
  let steps = (top - value) * scale;
  return select(OUT, u32(steps), scale > 0.0 && steps < f32(REACH));
}

fn mass_of(distance: u32) -> u32 {
  let f = (distance & 0x7ffffu) >> 3u;
  var y = 632u - ((f * 80u) >> 16u);
  y = 3634u - ((f * y) >> 16u);
  y = 15739u - ((f * y) >> 16u);
  y = 45426u - ((f * y) >> 16u);
  return ((65536u - ((f * y) >> 16u)) << 8u) >> (distance >> 19u);
}

fn item_at(source: u32, i: u32) -> vec2<u32> {
  if (source == IN_LIST) {
    return list[i];
  }
  if (source == IN_BLOCKS) {
    return vec2(distance_of(maxima[i]), i);
  }
  return vec2(distance_of(x[i]), i);
}

fn within(item: vec2<u32>, bound: vec2<u32>) -> bool {
  return item.x < bound.x || (item.x == bound.x && item.y <= bound.y);
}

// Numbers of 64 bits are (low, high).
fn plus(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
  let low = a.x + b.x;
  return vec2(low, a.y + b.y + select(0u, 1u, low < a.x));
}

fn minus(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
  return vec2(a.x - b.x, a.y - b.y - select(0u, 1u, a.x < b.x));
}

fn above(a: vec2<u32>, b: vec2<u32>) -> bool {
  return a.y > b.y || (a.y == b.y && a.x > b.x);
}

fn multiply_high(a: u32, b: u32) -> u32 {
  let low = (a & 0xffffu) * (b & 0xffffu);
  let one = (a >> 16u) * (b & 0xffffu) + (low >> 16u);
  let two = (a & 0xffffu) * (b >> 16u) + (one & 0xffffu);
  return (a >> 16u) * (b >> 16u) + (one >> 16u) + (two >> 16u);
}

// sum · share / 2^32, rounded down.
fn share_of(sum: vec2<u32>, share: u32) -> vec2<u32> {
  return plus(vec2(sum.y * share, multiply_high(sum.y, share)), vec2(multiply_high(sum.x, share), 0u));
}

// The first word of Philox2x32-10 (engine/sampling/random.ts).
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

fn weight_at(digit: u32) -> vec2<u32> {
  let high = atomicLoad(&highs[digit]);
  return plus(vec2(atomicLoad(&lows[digit]), 0u), vec2(high << 12u, high >> 20u));
}

// The last digit that has items and at most `limit` before it, put into `picked`; returns what is before it.
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

// Of the items up to `bound`: the last with at most `share` items before it or, by mass, at most that share of 2^32
// of their mass. Returns a bound that holds exactly those up to it, and in z its id where it is read from x.
fn narrow(source: u32, length: u32, bound: vec2<u32>, by_mass: bool, share: u32) -> vec3<u32> {
  var prefix = vec2(0u);
  var known = vec2(0u);
  // What may stand before; only the first thread keeps count.
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
  // Digits that were not asked for may be any, as far as they were within the bound before.
  let last = prefix | (~known & vec2(DIGITS));
  return vec3(select(bound, last, within(last, bound)), id);
}

// Puts the items up to `bound` into the list; returns how many there are, though there be no room for them.
fn gather(bound: vec2<u32>) -> u32 {
  if (thread == 0u) {
    atomicStore(&listed, 0u);
  }
  for (var base = 0u; base < params.blocks; base += THREADS) {
    if (thread == 0u) {
      atomicStore(&passed, 0u);
    }
    workgroupBarrier();
    let block = base + thread;
    if (block < params.blocks) {
      if (distance_of(maxima[block]) <= bound.x) {
        passing[atomicAdd(&passed, 1u)] = block;
      }
    }
    workgroupBarrier();
    let end = atomicLoad(&passed);
    for (var i = 0u; i < end; i++) {
      let id = passing[i] * BLOCK + thread;
      if (id < params.count) {
        let item = vec2(distance_of(x[id]), id);
        if (within(item, bound)) {
          let at = atomicAdd(&listed, 1u);
          if (at < ROOM) {
            list[at] = item;
          }
        }
      }
    }
    workgroupBarrier();
  }
  if (thread == 0u) {
    shared_count = atomicLoad(&listed);
  }
  return workgroupUniformLoad(&shared_count);
}

@compute @workgroup_size(THREADS)
fn main(@builtin(local_invocation_index) index: u32) {
  thread = index;
  var most = LOWEST;
  for (var i = thread; i < params.blocks; i += THREADS) {
    most = max(most, maxima[i]);
  }
  greatest[thread] = most;
  workgroupBarrier();
  for (var stride = unknown(THREADS / 2u); stride > 0u; stride >>= 1u) {
    if (thread < stride) {
      greatest[thread] = max(greatest[thread], greatest[thread + stride]);
    }
    workgroupBarrier();
  }
  top = greatest[0];
  scale = bitcast<f32>(sampling[0]);

  let greedy = sampling[0] == 0u;
  let k = select(sampling[1], 1u, greedy);
  var bound = vec2(REACH - 1u, OUT);
  var source = IN_ALL;
  var length = params.count;
  var chosen = 0u;
  // The k-th greatest maximum of a block; top-k; top-p; min-p and the draw. One call for all, which compiles once.
  let stages = unknown(4u);
  for (var stage = 0u; stage < stages; stage++) {
    if (stage > 0u && source == IN_ALL) {
      let found = gather(bound);
      if (found <= ROOM) {
        source = IN_LIST;
        length = found;
      }
    }
    var share = k - 1u;
    if ((stage == 0u && (k == 0u || k > params.blocks)) || (stage == 1u && k == 0u)) {
      continue;
    }
    if (stage == 2u) {
      share = sampling[2];
      if (greedy || share == 0u) {
        continue;
      }
    }
    if (stage == 3u) {
      share = select(random(params.position), 0u, greedy);
      if (sampling[3] < bound.x && !greedy) {
        bound = vec2(sampling[3], OUT);
      }
    }
    let narrowed = narrow(
      select(source, IN_BLOCKS, stage == 0u),
      select(length, params.blocks, stage == 0u),
      bound,
      stage > 1u,
      share,
    );
    // Which block holds the k-th maximum says nothing of ids.
    bound = vec2(narrowed.x, select(narrowed.y, OUT, stage == 0u));
    chosen = narrowed.z;
  }
  if (thread == 0u) {
    out[0] = chosen;
  }
}
