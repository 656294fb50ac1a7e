/**
 * The scale of a group of weights in a cell. Whole numbers of at most five bits are fitted: grids between the extremes of the
 * group and narrower ones, each refitted by least squares to what is rounded on it; the one with the least squared error is
 * kept. At more bits that gains little. Tables of ascending values are fitted in the same way; others, and scales that are powers
 * of two, are scaled to the largest magnitude.
 */
import type { CellForm } from '../../tensor/cells.ts';

export interface ValuedForm extends CellForm {
  /** The value of each q, if that is not q itself. */
  readonly values: readonly number[] | undefined;
  /** For ascending values that are not too near each other. */
  readonly search: NearestSearch | undefined;
}

/** Finds the nearest of ascending values: the range is cut into cells with one bound between two values each at most. */
interface NearestSearch {
  readonly first: number;
  readonly cellsPerUnit: number;
  /** The index of the value nearest to the lower end of each cell. */
  readonly lowest: Uint8Array;
  /** Half way between values; the last is infinite. */
  readonly bounds: Float64Array;
}

const SEARCH_CELLS = 256;

export const valuedForm = (form: CellForm, values: readonly number[] | undefined): ValuedForm => ({
  ...form,
  values,
  search: values === undefined ? undefined : searchOf(values),
});

function searchOf(values: readonly number[]): NearestSearch | undefined {
  if (values.some((value, i) => i > 0 && value <= (values[i - 1] as number))) return undefined;
  const first = values[0] as number;
  const cellsPerUnit = SEARCH_CELLS / ((values.at(-1) as number) - first);
  const bounds = Float64Array.from(values, (value, i) => (value + (values[i + 1] ?? Infinity)) / 2);
  const lowest = Uint8Array.from({ length: SEARCH_CELLS }, (_, cell) =>
    bounds.findIndex((bound) => first + cell / cellsPerUnit <= bound),
  );
  const isUnique = lowest.every((q, cell) => q - (lowest[cell - 1] ?? 0) <= 1);
  return isUnique ? { first, cellsPerUnit, lowest, bounds } : undefined;
}

/** The index of the value nearest to `x`; the smaller one among equals. */
export function nearestIn({ first, cellsPerUnit, lowest, bounds }: NearestSearch, x: number): number {
  const cell = (x - first) * cellsPerUnit;
  const q = lowest[cell <= 0 ? 0 : cell >= SEARCH_CELLS ? SEARCH_CELLS - 1 : cell | 0] as number;
  return x > (bounds[q] as number) ? q + 1 : q;
}

/** A weight is s·(q − zero) + b. */
export interface GroupScale {
  readonly s: number;
  readonly b: number;
}

export const levels = ({ main, extra }: CellForm): number => 2 ** (main + extra);

const hasOffset = ({ scales }: CellForm) => /^(?:pair|zero)|-min$/.test(scales);
/** Scales that may be negative: the end of the grid that reaches further is then that of the largest weight. */
const isSigned = ({ scales }: CellForm) => scales === 'six';

/** The most levels of a grid that is fitted. */
const MOST_FITTED = 32;
/** Widths of grids that are tried, of the group's. */
const WIDTHS = [1, 0.85] as const;
const REFITS = 2;

/** Not finite where a weight is not. */
export function fittedScale(form: ValuedForm, group: Float32Array): GroupScale {
  const widest = wideScale(form, group);
  const { values, search } = form;
  const ofTable = values !== undefined && search !== undefined && form.scales !== 'exponent';
  const fitted = ofTable || hasOffset(form) || isSigned(form);
  if (!fitted || levels(form) > MOST_FITTED || !Number.isFinite(widest.s) || widest.s === 0) return widest;
  if (ofTable) return { s: tableScale(values, search, group), b: 0 };
  const most = levels(form) - 1;
  if (!hasOffset(form)) {
    const fit = fitOf(group, form.zero, most, false);
    const largest = largestOf(group);
    // The largest weight at the far end of the grid, there in a narrower one, and at the near end.
    for (const width of WIDTHS) refine(fit, (-largest / form.zero) * width, 0);
    refine(fit, largest / (most - form.zero), 0);
    return { s: fit.s, b: 0 };
  }
  const fit = fitOf(group, 0, most, true);
  const middle = widest.b + (widest.s * most) / 2;
  for (const width of WIDTHS) {
    const s = width * widest.s;
    refine(fit, s, middle - (s * most) / 2);
  }
  return { s: fit.s, b: fit.b };
}

function largestOf(group: Float32Array): number {
  let largest = 0;
  for (const w of group) if (Math.abs(w) > Math.abs(largest)) largest = w;
  return largest;
}

/** The largest weight at either end of the table, and at the first end of a narrower one. */
function tableScale(values: readonly number[], search: NearestSearch, group: Float32Array): number {
  const [first, last] = [values[0] as number, values.at(-1) as number];
  const largest = largestOf(group);
  let scale = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const start of [largest / first, largest / last, (largest / first) * 0.88]) {
    let s = start;
    for (let i = 0; i <= REFITS && s !== 0; i++) {
      let error = 0;
      let sumQQ = 0;
      let sumWQ = 0;
      const inverse = 1 / s;
      for (let k = 0; k < group.length; k++) {
        const w = group[k] as number;
        const q = values[nearestIn(search, w * inverse)] as number;
        const off = s * q - w;
        error += off * off;
        sumQQ += q * q;
        sumWQ += w * q;
      }
      if (error < least) {
        least = error;
        scale = s;
      }
      s = sumQQ === 0 ? 0 : sumWQ / sumQQ;
    }
  }
  return scale;
}

/** A sign has least error at the mean of magnitudes. */
function wideScale(form: ValuedForm, group: Float32Array): GroupScale {
  let low = 0;
  let high = 0;
  let sum = 0;
  for (const w of group) {
    if (w < low) low = w;
    if (w > high) high = w;
    sum += w;
  }
  if (!Number.isFinite(sum)) return { s: Number.NaN, b: 0 };
  if (hasOffset(form)) return { s: (high - low) / (levels(form) - 1), b: low };
  if (form.scales === 'sign-128')
    return { s: (2 * group.reduce((a, w) => a + Math.abs(w), 0)) / group.length, b: 0 };
  const size = Math.max(high, -low);
  if (form.values !== undefined) return { s: size / Math.max(...form.values.map(Math.abs)), b: 0 };
  return { s: size / (levels(form) - 1 - form.zero), b: 0 };
}

/** The best scale of a group so far, its squared error, and the one that fits what was rounded last; 0 where none does. */
interface Fit {
  readonly group: Float32Array;
  readonly zero: number;
  readonly most: number;
  readonly offset: boolean;
  s: number;
  b: number;
  error: number;
  nextS: number;
  nextB: number;
}

const fitOf = (group: Float32Array, zero: number, most: number, offset: boolean): Fit => ({
  ...{ group, zero, most, offset },
  ...{ s: 0, b: 0, error: Number.POSITIVE_INFINITY, nextS: 0, nextB: 0 },
});

function refine(fit: Fit, s: number, b: number): void {
  tryScale(fit, s, b);
  for (let i = 0; i < REFITS && fit.nextS !== 0; i++) tryScale(fit, fit.nextS, fit.nextB);
}

/** Rounds the group on a grid; all sums in one loop, since there are tens of millions of groups. */
function tryScale(fit: Fit, s: number, b: number): void {
  const { group, zero, most } = fit;
  const n = group.length;
  const inverse = 1 / s;
  const shift = zero - b * inverse + 0.5;
  let error = 0;
  let sumQ = 0;
  let sumQQ = 0;
  let sumW = 0;
  let sumWQ = 0;
  for (let i = 0; i < n; i++) {
    const w = group[i] as number;
    const x = w * inverse + shift;
    const q = (x < 0 ? 0 : x >= most ? most : x | 0) - zero;
    const off = s * q + b - w;
    error += off * off;
    sumQ += q;
    sumQQ += q * q;
    sumW += w;
    sumWQ += w * q;
  }
  if (error < fit.error) {
    fit.error = error;
    fit.s = s;
    fit.b = b;
  }
  fit.nextS = 0;
  fit.nextB = 0;
  if (!fit.offset) {
    if (sumQQ !== 0) fit.nextS = sumWQ / sumQQ;
    return;
  }
  const spread = n * sumQQ - sumQ * sumQ;
  const slope = spread === 0 ? 0 : (n * sumWQ - sumW * sumQ) / spread;
  const low = (sumW - slope * sumQ) / n;
  // An offset is stored as a minimum.
  if (slope <= 0 || low > 0) return;
  fit.nextS = slope;
  fit.nextB = low;
}
