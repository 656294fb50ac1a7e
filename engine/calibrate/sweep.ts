/**
 * Rounds a matrix to a grid (`grid.ts`) group by group, so that the outputs of its product change least: errors are carried to later
 * columns (`factor.ts`), and the scale of a group is chosen when its columns are reached.
 *
 * Of several pairs s, b the one is kept whose group, rounded with feedback, costs least: the range of the targets first,
 * then pairs that fit what was rounded before by least squares of the outputs. Where b is 0 the range begins at the
 * largest magnitude: it is at the far end of the grid, then at the near one. The first is what ggml does, so weights that
 * were on such a grid stay there.
 *
 * This is the meaning; `wgsl/calibrate/sweep.wgsl` does the same in f32.
 */
import { invariant } from '../base/errors.ts';
import type { CellRows } from '../quant/cells/planes.ts';
import { nibbleShift, packPair, rejectWeight } from '../quant/m0e4.ts';
import { f32FromF16 } from '../tensor/f16.ts';
import { GROUP, type Grid, type GridName, gridOf, roomForGroups, storedGroups, valueAt } from './grid.ts';

/** Fits of s and b to what was rounded before, after each start. */
const REFITS = 3;

/**
 * Returns the rows of f32[rows, k] as they are stored. `factor` is R f32[k, k] of the product's inputs. Throws
 * `checkpoint-damaged` as `quantiseRows` does; `name` is the tensor's.
 */
export function calibrateRows(
  weights: Float32Array,
  k: number,
  dtype: GridName,
  factor: Float32Array,
  name: string = dtype,
): CellRows {
  const rows = weights.length / k;
  invariant(Number.isInteger(rows), 'calibration', `${weights.length} weights are not whole rows of ${k}`);
  const grid = gridOf(dtype);
  const made = roomForGroups(rows, k);
  const groups = made.pairs.length / rows;
  const errors = new Float64Array(k);
  for (let row = 0; row < rows; row++) {
    for (let first = 0; first < k; first += GROUP) {
      const part = weights.subarray(row * k + first, row * k + Math.min(k, first + GROUP));
      const best = roundGroup(partOf(part, errors, factor, k, first), grid);
      if (best === undefined) rejectWeight(weights, row * k + first, row * k + first + part.length, k, name);
      const group = row * groups + first / GROUP;
      made.pairs[group] = best.pair;
      for (let c = 0; c < part.length; c++) {
        const q = best.q[c] as number;
        const word = 4 * group + (c >>> 3);
        made.nibbles[word] = (made.nibbles[word] as number) | ((q >> grid.extra) << nibbleShift(c));
        if (grid.extra > 0) made.low[group] = (made.low[group] as number) | ((q & 1) << lowShift(c));
        errors[first + c] = (part[c] as number) - decoded(best.pair, q, grid);
      }
    }
  }
  return storedGroups(dtype, k, made);
}

/** Bit position of column `c` of a group among its low bits. */
const lowShift = (c: number) => ((c & 1) << 4) + (c >> 1);

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
  readonly q: Uint8Array;
  /** What the group adds to the squared error of the outputs. */
  readonly cost: number;
}

/** Undefined if s or b exceeds a half, or a target is not finite. */
function roundGroup(group: GroupPart, grid: Grid): RoundedGroup | undefined {
  if (!group.targets.every(Number.isFinite)) return undefined;
  let best: RoundedGroup | undefined;
  for (const start of startsOf(group.targets, grid)) {
    let pair = start;
    for (let i = 0; pair !== undefined; i++) {
      const tried = roundWith(pair, group, grid);
      if (best === undefined || tried.cost < best.cost) best = tried;
      const next: number | undefined = i < REFITS ? refit(tried.q, group, grid) : undefined;
      pair = next === pair ? undefined : next;
    }
  }
  return best;
}

/** The pairs whose values cover the targets. */
function startsOf(targets: Float64Array, grid: Grid): (number | undefined)[] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const t of targets) {
    low = Math.min(low, t);
    high = Math.max(high, t);
  }
  if (!grid.offset) {
    const largest = -low > high ? low : high;
    return [0, grid.most].map((q) => packPair(largest / valueAt(grid, q), 0));
  }
  const { base, most, step } = grid;
  const s = (high - low) / (most * step);
  const scale = packPair(s, 0);
  if (scale === undefined) return [];
  return [packPair(s, (low + high) / 2 - (high - low) / 2 - base * f32FromF16(scale))];
}

/** Rounds one column after the other; each takes up the errors of those before it. */
function roundWith(pair: number, { sums, block }: GroupPart, grid: Grid): RoundedGroup {
  const n = sums.length;
  const left = sums.slice();
  const rounded = new Uint8Array(n);
  let cost = 0;
  for (let c = 0; c < n; c++) {
    const q = nearest((left[c] as number) / (block[c * n + c] as number), pair, grid);
    const value = decoded(pair, q, grid);
    rounded[c] = q;
    for (let i = c; i < n; i++) left[i] = (left[i] as number) - (block[c * n + i] as number) * value;
    cost += (left[c] as number) ** 2;
  }
  return { pair, q: rounded, cost };
}

/** The pair for which these q cost least; undefined where they do not say. */
function refit(q: Uint8Array, { sums, block }: GroupPart, grid: Grid): number | undefined {
  const n = sums.length;
  let [vv, v1, one, sv, s1] = [0, 0, 0, 0, 0];
  for (let c = 0; c < n; c++) {
    let [v, o] = [0, 0];
    for (let j = 0; j <= c; j++) {
      const r = block[j * n + c] as number;
      v += r * valueAt(grid, q[j] as number);
      o += r;
    }
    const sum = sums[c] as number;
    vv += v * v;
    v1 += v * o;
    one += o * o;
    sv += sum * v;
    s1 += sum * o;
  }
  if (!grid.offset) return vv > 0 ? packPair(sv / vv, 0) : undefined;
  const spread = one * vv - v1 * v1;
  if (spread <= 1e-5 * one * vv) return undefined;
  const slope = (one * sv - v1 * s1) / spread;
  return slope > 0 ? packPair(slope, (s1 - slope * v1) / one) : undefined;
}

function decoded(pair: number, q: number, grid: Grid): number {
  return f32FromF16(pair & 0xffff) * valueAt(grid, q) + f32FromF16(pair >>> 16);
}

/** Where s is 0 any q will do; that of the value nearest to 0 is taken if b is 0. */
function nearest(target: number, pair: number, grid: Grid): number {
  const s = f32FromF16(pair & 0xffff);
  if (s === 0 && grid.offset) return 0;
  const x = s === 0 ? 0 : (target - f32FromF16(pair >>> 16)) / s;
  const { base, step, most, table } = grid;
  if (table === undefined) return Math.min(most, Math.max(0, Math.round((x - base) / step)));
  let q = 0;
  while (q < most && x > (valueAt(grid, q) + valueAt(grid, q + 1)) / 2) q++;
  return q;
}
