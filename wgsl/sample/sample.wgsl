// Chooses the next id by temperature, top-k, top-p, min-p and a random number. Definition, and why GPU and CPU agree:
// engine/sampling/sample.ts, whose terms are used here. One workgroup.
//
// Every filter and the draw answer one question: in the order (distance, id), which is the last item with at most a
// given weight before it? `narrow` answers it. The maxima of blocks show which blocks can hold candidates. Candidates
// are gathered where they fit, so that the usual request reads the vocabulary's maxima and only a few blocks. Parts:
// wide, philox, narrow (sample/), lib/finite. The result is BROKEN where a logit is not finite.

struct Params {
  count: u32,
  blocks: u32,
  // Tokens before the one to choose.
  position: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> maxima: array<f32>;
// engine/sampling/settings.ts defines each word.
@group(0) @binding(3) var<storage, read> sampling: array<u32>;
@group(0) @binding(4) var<storage, read_write> out: array<u32>;

const THREADS: u32 = 256u;
const BLOCK: u32 = 256u;
const REACH: u32 = 12582912u;
const OUT: u32 = 0xffffffffu;
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

var<private> thread: u32;
var<private> top: f32;
var<private> scale: f32;

// Returns n, in a way that compilers cannot see through: unrolled loops with barriers take software adapters seconds.
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

// Puts the items up to `bound` into the list. Returns their number, even where they do not all fit.
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
  // The k-th greatest maximum of a block; top-k; top-p; min-p and the draw. One call for all, so that it compiles once.
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
    // The block with the k-th maximum does not limit ids.
    bound = vec2(narrowed.x, select(narrowed.y, OUT, stage == 0u));
    chosen = narrowed.z;
  }
  if (thread == 0u) {
    out[0] = select(chosen, BROKEN, top >= HIGHEST);
  }
}
