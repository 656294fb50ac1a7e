/**
 * What stored cells encode, as f32: the reference of `wgsl/lib/weights/cell.wgsl`. Scales are computed in double, where
 * they are exact, and the result is rounded once.
 */
import { type CellName, type CellScales, cellForm, cellGroup } from '../../tensor/cells.ts';
import { f32FromF16 } from '../../tensor/f16.ts';
import { type CellRows, readCell, rowOf } from './planes.ts';

/** Returns the f32[rows, k] that the stored rows encode. */
export function dequantiseCells(cell: CellName, stored: CellRows, k: number): Float32Array {
  const { zero, scales } = cellForm(cell);
  const table = valuesOf(cell);
  const group = cellGroup(cell);
  const row = rowOf(cell, k);
  const rows = stored.main.length / row.main;
  const out = new Float32Array(rows * k);
  for (let n = 0; n < rows; n++) {
    const restAt = n * row.rest;
    for (let g = 0; g < k / group; g++) {
      const [s, b] = scaleOf(scales, stored.rest, restAt + row.extra, g);
      for (let i = g * group; i < (g + 1) * group; i++) {
        const q = readCell(cell, stored, n * row.main, restAt, i);
        out[n * k + i] = s * (table === undefined ? q - zero : (table[q] as number)) + b;
      }
    }
  }
  return out;
}

/** The value of each q; undefined where that is q itself, less the zero. */
export function valuesOf(cell: CellName): readonly number[] | undefined {
  const { table, float } = cellForm(cell);
  return float === undefined ? table : E4M3;
}

/** E4M3: a sign, 4 bits of exponent with bias 7, 3 bits of mantissa. The codes of NaN count as 480 here, as on the GPU. */
const E4M3 = Array.from({ length: 256 }, (_, q) => {
  const [exponent, mantissa] = [(q >> 3) & 15, q & 7];
  const size = exponent === 0 ? mantissa * 2 ** -9 : (8 + mantissa) * 2 ** (exponent - 10);
  return q < 128 ? size : -size;
});

/**
 * s and b of group `g` of the row whose scales begin at word `at`. Without b, −0: adding it changes nothing, not even −0.
 */
export function scaleOf(scales: CellScales, words: Uint32Array, at: number, g: number) {
  return SCALES[scales](words, at, g);
}

const bits = new DataView(new ArrayBuffer(4));
function single(word: number): number {
  bits.setInt32(0, word);
  return bits.getFloat32(0);
}

const zeroed = (s: number, zero: number) => [s, -s * zero] as const;

type ReadScale = (words: Uint32Array, at: number, g: number) => readonly [s: number, b: number];

const wordAt = (words: Uint32Array, at: number) => words[at] as number;
const low = (word: number) => f32FromF16(word & 0xffff);
const high = (word: number) => f32FromF16(word >>> 16);
const nibble = (words: Uint32Array, at: number, n: number) =>
  (wordAt(words, at + (n >> 3)) >>> (4 * (n & 7))) & 15;
const byte = (words: Uint32Array, at: number, n: number) =>
  (wordAt(words, at + (n >> 2)) >>> (8 * (n & 3))) & 255;

const halfOf = (words: Uint32Array, at: number, g: number) => {
  const pair = wordAt(words, at + (g >> 1));
  return (g & 1) === 0 ? low(pair) : high(pair);
};

const SCALES: Readonly<Record<CellScales, ReadScale>> = {
  half: (...place) => [halfOf(...place), -0],
  'half-256': (...place) => [halfOf(...place), -0],
  'sign-128': (...place) => [2 * halfOf(...place), -0],
  pair: (words, at, g) => [low(wordAt(words, at + g)), high(wordAt(words, at + g))],
  exponent: (words, at, g) => [2 ** (byte(words, at, g) - 128), -0],
  'pair-bf16': (words, at, g) => {
    const word = wordAt(words, at + g);
    return [single(word << 16), single(word & 0xffff0000)];
  },
  'pair-f32': (words, at, g) => [single(wordAt(words, at + 2 * g)), single(wordAt(words, at + 2 * g + 1))],
  zero: (words, at, g) => zeroed(low(wordAt(words, at + g)), wordAt(words, at + g) >>> 16),
  'zero-bf16': (words, at, g) => zeroed(single(wordAt(words, at + g) << 16), wordAt(words, at + g) >>> 16),
  single: (words, at, g) => [single(wordAt(words, at + g)), -0],
  'six-min': (words, at, g) => {
    const from = at + (g >> 3) * 4;
    const bits = wordAt(words, from + 3);
    const six = (n: number) => nibble(words, from + 1, n) | (((bits >>> (2 * n)) & 3) << 4);
    return [low(wordAt(words, from)) * six(g & 7), -high(wordAt(words, from)) * six(8 + (g & 7))];
  },
  six: (words, at, g) => {
    const from = at + (g >> 4) * 4;
    const n = g & 15;
    const scale = nibble(words, from + 1, n) | (((wordAt(words, from + 3) >>> (2 * n)) & 3) << 4);
    return [low(wordAt(words, from)) * (scale - 32), -0];
  },
  'six-32': (words, at, g) => {
    const from = at + (g >> 3) * 2;
    const n = g & 7;
    const second = wordAt(words, from + 1);
    return [high(second) * ((nibble(words, from, n) | (((second >>> (2 * n)) & 3) << 4)) - 32), -0];
  },
  eight: (words, at, g) => {
    const from = at + (g >> 4) * 5;
    return [low(wordAt(words, from)) * ((byte(words, from + 1, g & 15) << 24) >> 24), -0];
  },
  'four-min': (words, at, g) => {
    const from = at + (g >> 4) * 5;
    const both = byte(words, from + 1, g & 15);
    return [low(wordAt(words, from)) * (both & 15), -high(wordAt(words, from)) * (both >> 4)];
  },
};
