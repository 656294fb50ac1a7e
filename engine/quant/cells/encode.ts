/**
 * Converts f32 rows to a cell: a grid for each group (`fit.ts`), whose scales are stored first, and weights rounded to what
 * is stored. For matrices that are published in no cell, and for tests.
 */
import { fail } from '../../base/errors.ts';
import { type CellForm, type CellName, cellForm, cellGroup } from '../../tensor/cells.ts';
import { F16_MAX, f16FromF32, f32FromF16 } from '../../tensor/f16.ts';
import { scaleOf, valuesOf } from './dequantise.ts';
import { fittedScale, type GroupScale, levels, nearestIn, type ValuedForm, valuedForm } from './fit.ts';
import { type CellRows, packRow, rowOf } from './planes.ts';

/**
 * Converts f32[rows, k]. Throws `checkpoint-damaged` with the row for weights that are not finite or too large for a half;
 * `name` is the tensor's name, `firstRow` the index of the first row in it.
 */
export function encodeCells(
  cell: CellName,
  weights: Float32Array,
  k: number,
  name: string = cell,
  firstRow = 0,
): CellRows {
  const form = valuedForm(cellForm(cell), valuesOf(cell));
  const group = cellGroup(cell);
  const row = rowOf(cell, k);
  const rows = weights.length / k;
  const stored = { main: new Uint32Array(rows * row.main), rest: new Uint32Array(rows * row.rest) };
  const q = new Uint8Array(k);
  for (let n = 0; n < rows; n++) {
    const at = n * row.rest + row.extra;
    const wanted: GroupScale[] = [];
    for (let from = n * k; from < (n + 1) * k; from += group)
      wanted.push(fittedScale(form, weights.subarray(from, from + group)));
    if (!wanted.every(({ s, b }) => Math.abs(s) + Math.abs(b) <= F16_MAX)) reject(name, firstRow + n);
    putScales(form, stored.rest, at, wanted);
    for (let g = 0; g < wanted.length; g++) {
      const [s, b] = scaleOf(form.scales, stored.rest, at, g);
      putNearest(form, weights, n * k + g * group, q, g * group, group, s, b);
    }
    packRow(cell, q, stored, n * row.main, n * row.rest);
  }
  return stored;
}

/** Writes the q of `count` weights from index `from` to `q` from index `at`. */
function putNearest(
  form: ValuedForm,
  weights: Float32Array,
  from: number,
  q: Uint8Array,
  at: number,
  count: number,
  s: number,
  b: number,
): void {
  const { values, search, zero } = form;
  const most = levels(form) - 1;
  // A call or an array for each weight would take several times as long as the sums.
  for (let i = 0; i < count; i++) {
    const x = ((weights[from + i] as number) - b) / s;
    if (s === 0) q[at + i] = zero;
    else if (values === undefined) {
      const rounded = Math.round(x + zero);
      q[at + i] = rounded < 0 ? 0 : Math.min(rounded, most);
    } else q[at + i] = search === undefined ? nearestOf(values, x) : nearestIn(search, x);
  }
}

/** The index of the nearest value; the smaller one among equals. */
function nearestOf(values: readonly number[], x: number): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const off = Math.abs((values[i] as number) - x);
    if (off >= least) continue;
    best = i;
    least = off;
  }
  return best;
}

function reject(name: string, row: number): never {
  fail('checkpoint-damaged', {
    who: name,
    where: `row ${row}`,
    message: 'a weight cannot be stored in these bits',
    expected: `finite weights whose range fits ±${F16_MAX}`,
    got: 'one that is not finite or too large',
  });
}

/** Writes the scales nearest to those wanted. */
function putScales(
  { scales }: CellForm,
  words: Uint32Array,
  at: number,
  wanted: readonly GroupScale[],
): void {
  const put = (word: number, shift: number, bits: number) => {
    words[at + word] = (words[at + word] as number) | (bits << shift);
  };
  const unit = UNITS[scales];
  if (unit === undefined) {
    wanted.forEach((scale, g) => {
      FLAT[scales]?.(scale, g, put);
    });
    return;
  }
  for (let g = 0; g < wanted.length; g += unit.groups) {
    const here = wanted.slice(g, g + unit.groups);
    // Signed scales reach one step further below zero, so the largest one is there.
    const widest = here.reduce((most, { s }) => (Math.abs(s) > Math.abs(most) ? s : most), 0);
    const d = f16FromF32(unit.least < 0 ? widest / unit.least : widest / unit.most);
    const m = f16FromF32(Math.max(...here.map(({ b }) => -b)) / unit.most);
    const whole = (x: number, step: number) =>
      f32FromF16(step) === 0
        ? 0
        : Math.max(unit.least, Math.min(unit.most, Math.round(x / f32FromF16(step))));
    const word = (g / unit.groups) * unit.words;
    put(word + unit.halfAt, unit.halfShift, d);
    if (unit.offsets) put(word, 16, m);
    here.forEach(({ s, b }, i) => {
      unit.put(word, i, whole(s, d), whole(-b, m), put);
    });
  }
}

type Put = (word: number, shift: number, bits: number) => void;

const FLAT: Partial<Record<CellForm['scales'], (scale: GroupScale, g: number, put: Put) => void>> = {
  half: ({ s }, g, put) => put(g >> 1, 16 * (g & 1), f16FromF32(s)),
  'half-256': ({ s }, g, put) => put(g >> 1, 16 * (g & 1), f16FromF32(s)),
  'sign-128': ({ s }, g, put) => put(g >> 1, 16 * (g & 1), f16FromF32(s / 2)),
  pair: ({ s, b }, g, put) => put(g, 0, f16FromF32(s) | (f16FromF32(b) << 16)),
  exponent: ({ s }, g, put) =>
    put(g >> 2, 8 * (g & 3), s === 0 ? 0 : Math.max(0, Math.min(254, Math.round(Math.log2(s)) + 128))),
  'pair-bf16': ({ s, b }, g, put) => put(g, 0, (bitsOf(s) >>> 16) | (bitsOf(b) & 0xffff0000)),
  'pair-f32': ({ s, b }, g, put) => {
    put(2 * g, 0, bitsOf(s));
    put(2 * g + 1, 0, bitsOf(b));
  },
  zero: ({ s, b }, g, put) => put(g, 0, f16FromF32(s) | (zeroOf(s, b) << 16)),
  'zero-bf16': ({ s, b }, g, put) => put(g, 0, (bitsOf(s) >>> 16) | (zeroOf(s, b) << 16)),
  single: ({ s }, g, put) => put(g, 0, bitsOf(s)),
};

const bitsOf = (x: number) => new Uint32Array(Float32Array.of(x).buffer)[0] as number;
const zeroOf = (s: number, b: number) => (s === 0 ? 0 : Math.max(0, Math.round(-b / s)));

interface ScaleUnit {
  readonly groups: number;
  readonly words: number;
  /** The smallest and the largest scale. */
  readonly least: number;
  readonly most: number;
  readonly halfAt: number;
  readonly halfShift: number;
  readonly offsets: boolean;
  put(word: number, i: number, scale: number, min: number, put: Put): void;
}

/** `n`-th number of six bits; nibbles begin at word `nibbles`, high bits at word `high`. */
function putSix(put: Put, nibbles: number, high: number, n: number, value: number): void {
  put(nibbles + (n >> 3), 4 * (n & 7), value & 15);
  put(high, 2 * n, value >> 4);
}

const UNITS: Partial<Record<CellForm['scales'], ScaleUnit>> = {
  'six-min': {
    ...{ groups: 8, words: 4, least: 0, most: 63, halfAt: 0, halfShift: 0, offsets: true },
    put(word, i, scale, min, put) {
      putSix(put, word + 1, word + 3, i, scale);
      putSix(put, word + 1, word + 3, 8 + i, min);
    },
  },
  six: {
    ...{ groups: 16, words: 4, least: -32, most: 31, halfAt: 0, halfShift: 0, offsets: false },
    put: (word, i, scale, _, put) => putSix(put, word + 1, word + 3, i, scale + 32),
  },
  'six-32': {
    ...{ groups: 8, words: 2, least: -32, most: 31, halfAt: 1, halfShift: 16, offsets: false },
    put: (word, i, scale, _, put) => putSix(put, word, word + 1, i, scale + 32),
  },
  eight: {
    ...{ groups: 16, words: 5, least: -128, most: 127, halfAt: 0, halfShift: 0, offsets: false },
    put: (word, i, scale, _, put) => put(word + 1 + (i >> 2), 8 * (i & 3), scale & 255),
  },
  'four-min': {
    ...{ groups: 16, words: 5, least: 0, most: 15, halfAt: 0, halfShift: 0, offsets: true },
    put: (word, i, scale, min, put) => put(word + 1 + (i >> 2), 8 * (i & 3), scale | (min << 4)),
  },
};
