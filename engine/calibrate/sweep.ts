/**
 * Rounds a matrix to M0E4 group by group, so that the outputs of its product change least: errors are carried to later
 * columns (`factor.ts`), and the scale of a group is chosen when its columns are reached.
 *
 * Of several pairs s, b the one is kept whose group, rounded with feedback, costs least: the range of the targets first,
 * then pairs that fit the nibbles before by least squares of the outputs.
 *
 * This is the meaning; `wgsl/calibrate/sweep.wgsl` does the same in f32.
 */
import { invariant } from '../base/errors.ts';
import { type M0e4Rows, m0e4Layout, nibbleShift, packPair, rejectWeight } from '../quant/m0e4.ts';
import { f32FromF16 } from '../tensor/f16.ts';

/** Fits of s and b to the nibbles before. */
const REFITS = 3;

/**
 * Returns the rows of f32[rows, k] in M0E4. `factor` is R f32[k, k] of the product's inputs. Throws `checkpoint-damaged`
 * as `quantiseRows` does; `name` is the tensor's.
 */
export function calibrateRows(
  weights: Float32Array,
  k: number,
  group: number,
  factor: Float32Array,
  name = 'm0e4',
): M0e4Rows {
  const layout = m0e4Layout(k, group);
  const rows = weights.length / k;
  invariant(Number.isInteger(rows), 'calibration', `${weights.length} weights are not whole rows of ${k}`);
  const nibbles = new Uint32Array(rows * layout.words);
  const scales = new Uint32Array(rows * layout.groups);
  const errors = new Float64Array(k);
  for (let row = 0; row < rows; row++) {
    for (let first = 0; first < k; first += group) {
      const part = weights.subarray(row * k + first, row * k + Math.min(k, first + group));
      const best = roundGroup(partOf(part, errors, factor, k, first));
      if (best === undefined) rejectWeight(weights, row * k + first, row * k + first + part.length, k, name);
      scales[row * layout.groups + first / group] = best.pair;
      for (let c = 0; c < part.length; c++) {
        const q = best.nibbles[c] as number;
        const word = row * layout.words + ((first + c) >>> 3);
        nibbles[word] = (nibbles[word] as number) | (q << nibbleShift(c));
        errors[first + c] = (part[c] as number) - decoded(best.pair, q);
      }
    }
  }
  return { nibbles, scales };
}

/** A group of a row, whose columns are first, first + 1, … */
interface GroupPart {
  /** What each column should be if the group's other columns were exact. */
  readonly targets: Float64Array;
  /** Σ over j ≤ c of R_jc · w_j, and the errors of earlier groups: what Σ over j ≤ c of R_jc · q_j should be. */
  readonly sums: Float64Array;
  /** R_jc of the group at [j · n + c]. */
  readonly block: Float64Array;
}

function partOf(
  part: Float32Array,
  errors: Float64Array,
  factor: Float32Array,
  k: number,
  first: number,
): GroupPart {
  const n = part.length;
  const targets = new Float64Array(n);
  const sums = new Float64Array(n);
  const block = new Float64Array(n * n);
  for (let c = 0; c < n; c++) {
    let sum = 0;
    for (let j = 0; j < first; j++) sum += (errors[j] as number) * (factor[j * k + first + c] as number);
    const pivot = factor[(first + c) * k + first + c] as number;
    targets[c] = (part[c] as number) + sum / pivot;
    for (let j = 0; j <= c; j++) {
      const r = factor[(first + j) * k + first + c] as number;
      block[j * n + c] = r;
      sum += r * (part[j] as number);
    }
    sums[c] = sum;
  }
  return { targets, sums, block };
}

interface RoundedGroup {
  /** s and b as stored. */
  readonly pair: number;
  readonly nibbles: Uint8Array;
  /** What the group adds to the squared error of the outputs. */
  readonly cost: number;
}

/** Undefined if s or b exceeds a half, or a target is not finite. */
function roundGroup(group: GroupPart): RoundedGroup | undefined {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const t of group.targets) {
    if (!Number.isFinite(t)) return undefined;
    low = Math.min(low, t);
    high = Math.max(high, t);
  }
  let best: RoundedGroup | undefined;
  const consider = (pair: number | undefined): RoundedGroup | undefined => {
    if (pair === undefined) return undefined;
    const tried = roundWith(pair, group);
    if (best === undefined || tried.cost < best.cost) best = tried;
    return tried;
  };
  consider(pairOfRange((low + high) / 2, (high - low) / 2));
  let current = best;
  for (let i = 0; i < REFITS && current !== undefined; i++) {
    const next = refit(current.nibbles, group);
    if (next === current.pair) break;
    current = consider(next);
  }
  return best;
}

/** The pair whose sixteen values reach from middle − reach to middle + reach. */
function pairOfRange(middle: number, reach: number): number | undefined {
  const scale = packPair((2 * reach * 16) / 15, 0);
  return scale === undefined
    ? undefined
    : packPair((2 * reach * 16) / 15, middle - reach - f32FromF16(scale));
}

/** Rounds one column after the other; each takes up the errors of those before it. */
function roundWith(pair: number, { sums, block }: GroupPart): RoundedGroup {
  const n = sums.length;
  const left = sums.slice();
  const nibbles = new Uint8Array(n);
  let cost = 0;
  for (let c = 0; c < n; c++) {
    const q = nearest((left[c] as number) / (block[c * n + c] as number), pair);
    const value = decoded(pair, q);
    nibbles[c] = q;
    for (let i = c; i < n; i++) left[i] = (left[i] as number) - (block[c * n + i] as number) * value;
    cost += (left[c] as number) ** 2;
  }
  return { pair, nibbles, cost };
}

/** The pair for which these nibbles cost least. */
function refit(nibbles: Uint8Array, { sums, block }: GroupPart): number | undefined {
  const n = sums.length;
  let [vv, v1, one, sv, s1] = [0, 0, 0, 0, 0];
  for (let c = 0; c < n; c++) {
    let [v, o] = [0, 0];
    for (let j = 0; j <= c; j++) {
      const r = block[j * n + c] as number;
      v += r * (1 + (nibbles[j] as number) / 16);
      o += r;
    }
    const sum = sums[c] as number;
    vv += v * v;
    v1 += v * o;
    one += o * o;
    sv += sum * v;
    s1 += sum * o;
  }
  const spread = one * vv - v1 * v1;
  if (spread <= 1e-5 * one * vv) return undefined;
  const slope = (one * sv - v1 * s1) / spread;
  return slope > 0 ? packPair(slope, (s1 - slope * v1) / one) : undefined;
}

function decoded(pair: number, q: number): number {
  return f32FromF16(pair & 0xffff) * (1 + q / 16) + f32FromF16(pair >>> 16);
}

function nearest(target: number, pair: number): number {
  const s = f32FromF16(pair & 0xffff);
  if (s === 0) return 0;
  return Math.min(15, Math.max(0, Math.round(((target - f32FromF16(pair >>> 16)) / s) * 16 - 16)));
}
