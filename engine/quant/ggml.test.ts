import { expect, test } from 'vitest';
import { f16FromF32, f32FromF16 } from '../tensor/f16.ts';
import { GGML_READABLE, GGML_TYPES, type GgmlType, ggmlToF32 } from './ggml.ts';

const typeOf = (name: string) => [...GGML_TYPES.values()].find((t) => t.name === name) as GgmlType;

/** Byte offsets of the halves in a block. */
const HALVES: Record<string, number[]> = {
  Q8_0: [0],
  Q4_0: [0],
  Q4_1: [0, 2],
  Q5_0: [0],
  Q5_1: [0, 2],
  Q4_K: [0, 2],
  Q5_K: [0, 2],
  Q6_K: [208],
};

/** Random blocks whose halves are finite. */
function blocks(name: string, count: number): Uint8Array {
  const { bytes } = typeOf(name);
  let state = 7;
  const out = Uint8Array.from({ length: count * bytes }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
  for (let block = 0; block < count; block++) {
    for (const half of HALVES[name] ?? []) (out[block * bytes + half + 1] as number) &= 0xbf;
  }
  return out;
}

/**
 * FNV-1a over the f32 bytes of 64 random blocks as the Python package gguf 0.19.0 converts them
 * (`gguf.quants.dequantize`, numpy in f32). To reproduce: dequantise the same blocks (generator above) and hash the
 * result as `'<f4'`.
 */
const GOLDEN: Record<string, number> = {
  Q8_0: 0xff8cc0e3,
  Q4_0: 0xe373f2a0,
  Q4_1: 0x2a606f84,
  Q5_0: 0xb0edab66,
  Q5_1: 0xa5c5e404,
  Q4_K: 0xdfa8da1a,
  Q5_K: 0x4629a2b1,
  Q6_K: 0x5c5d5155,
};

function fnv(values: Float32Array): number {
  let hash = 0x811c9dc5;
  for (const byte of new Uint8Array(values.buffer)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

test.each(Object.entries(GOLDEN))('%s equals gguf-py bit by bit', (name, hash) => {
  expect(fnv(ggmlToF32(typeOf(name), blocks(name, 64)))).toBe(hash);
});

// A second implementation of the formulas: one field at a time, bits by position, every product rounded to f32 as in C.
const f = Math.fround;
const half = (b: Uint8Array, at: number) =>
  f32FromF16(new DataView(b.buffer, b.byteOffset).getUint16(at, true));
const nibble = (b: Uint8Array, at: number, n: number) =>
  Math.floor((b[at + (n >> 1)] as number) / 16 ** (n & 1)) % 16;
const bitAt = (b: Uint8Array, at: number, n: number) =>
  Math.floor((b[at + (n >> 3)] as number) / 2 ** (n & 7)) % 2;
const i8 = (x: number) => (x > 127 ? x - 256 : x);

/** Nibble index of weight i where the low nibbles of `run` bytes come first, then their high nibbles. */
const inRuns = (i: number, run: number) => {
  const within = i % (2 * run);
  return 2 * ((i - within) / 2 + (within % run)) + (within < run ? 0 : 1);
};

/** A 6-bit scale or minimum, after the C macro. */
function six(b: Uint8Array, at: number, g: number, min: boolean): number {
  const from = at + (min ? 4 : 0);
  if (g < 4) return (b[from + g] as number) % 64;
  return nibble(b, at + 8, 2 * (g - 4) + (min ? 1 : 0)) + 16 * Math.floor((b[from + g - 4] as number) / 64);
}

const NAIVE: Record<string, (b: Uint8Array, i: number) => number> = {
  Q8_0: (b, i) => f(half(b, 0) * i8(b[2 + i] as number)),
  Q4_0: (b, i) => f(half(b, 0) * (nibble(b, 2, inRuns(i, 16)) - 8)),
  Q4_1: (b, i) => f(f(half(b, 0) * nibble(b, 4, inRuns(i, 16))) + half(b, 2)),
  Q5_0: (b, i) => f(half(b, 0) * (nibble(b, 6, inRuns(i, 16)) + 16 * bitAt(b, 2, i) - 16)),
  Q5_1: (b, i) => f(f(half(b, 0) * (nibble(b, 8, inRuns(i, 16)) + 16 * bitAt(b, 4, i))) + half(b, 2)),
  Q4_K: (b, i) => {
    const g = i >> 5;
    const d = f(half(b, 0) * six(b, 4, g, false));
    return f(f(d * nibble(b, 16, inRuns(i, 32))) - f(half(b, 2) * six(b, 4, g, true)));
  },
  Q5_K: (b, i) => {
    const g = i >> 5;
    const d = f(half(b, 0) * six(b, 4, g, false));
    const q = nibble(b, 48, inRuns(i, 32)) + 16 * bitAt(b, 16 + (i & 31), g);
    return f(f(d * q) - f(half(b, 2) * six(b, 4, g, true)));
  },
  Q6_K: (b, i) => {
    const [h, r, l] = [i >> 7, (i >> 5) & 3, i & 31];
    const low = nibble(b, h * 64, 2 * ((r & 1) * 32 + l) + (r >> 1));
    const high = bitAt(b, 128 + h * 32 + l, 2 * r) + 2 * bitAt(b, 128 + h * 32 + l, 2 * r + 1);
    return f(f(half(b, 208) * i8(b[192 + (i >> 4)] as number)) * (low + 16 * high - 32));
  },
};

test.each(Object.entries(NAIVE))('%s equals the formula, weight by weight', (name, formula) => {
  const type = typeOf(name);
  const bytes = blocks(name, 200);
  const got = ggmlToF32(type, bytes);
  const want = Float32Array.from(got, (_, n) => {
    const at = Math.floor(n / type.weights) * type.bytes;
    return formula(bytes.slice(at, at + type.bytes), n % type.weights);
  });
  expect(Buffer.compare(Buffer.from(got.buffer), Buffer.from(want.buffer))).toBe(0);
});

/** The two bytes of a half. */
const h = (x: number) => [f16FromF32(x) & 255, f16FromF32(x) >> 8];
const zeros = (n: number) => new Array<number>(n).fill(0);

const BY_HAND: [string, number[], Record<number, number>][] = [
  ['Q8_0', [...h(0.5), 3, 0xff, ...zeros(29), 0x80], { 0: 1.5, 1: -0.5, 2: 0, 31: -64 }],
  ['Q4_0', [...h(-2), 0x1f, ...zeros(14), 0xf0], { 0: -14, 16: 14, 1: 16, 15: 16, 31: -14 }],
  ['Q4_1', [...h(2), ...h(-1), 0x1f, ...zeros(15)], { 0: 29, 16: 1, 1: -1 }],
  ['Q5_0', [...h(1), 1, 0, 2, 0, 0x21, 0x30, ...zeros(14)], { 0: 1, 16: -14, 1: -16, 17: 3 }],
  ['Q5_1', [...h(1), ...h(10), 0, 0, 0, 0x80, 0x21, ...zeros(14), 0x40], { 0: 11, 16: 12, 15: 10, 31: 30 }],
  // Group 0: scale 3, minimum 5. Group 4: scale 1 + 16·1, minimum 2 + 16·2 (high bits of bytes 0 and 4).
  [
    'Q4_K',
    [
      ...h(2),
      ...h(1),
      3 | 64,
      0,
      0,
      0,
      5 | 128,
      0,
      0,
      0,
      0x21,
      0,
      0,
      0,
      0x7f,
      ...zeros(63),
      0x09,
      ...zeros(63),
    ],
    { 0: 2 * 3 * 15 - 5, 1: -5, 32: 0, 128: 2 * 17 * 9 - 34, 129: -34 },
  ],
  [
    'Q5_K',
    [...h(2), ...h(1), 3, 1, 0, 0, 5, 0, 0, 0, ...zeros(4), 0b11, ...zeros(31), 0x7f, ...zeros(127)],
    { 0: 6 * 31 - 5, 1: -5, 32: 2 * 23, 33: 0 },
  ],
  [
    'Q6_K',
    [0x21, ...zeros(127), 0b11_10_01_00, ...zeros(63), 1, 0, 2, 0, 3, 0, 0xff, 0, ...zeros(8), ...h(0.5)],
    { 0: 0.5 * (1 - 32), 32: 1 * (16 - 32), 64: 1.5 * (2 + 32 - 32), 96: -0.5 * (48 - 32) },
  ],
];

test.each(BY_HAND)('%s converts a block written by hand', (name, block, weights) => {
  const type = typeOf(name);
  expect(block.length).toBe(type.bytes);
  const got = ggmlToF32(type, Uint8Array.from(block));
  expect(got.length).toBe(type.weights);
  for (const [i, w] of Object.entries(weights)) expect(got[Number(i)], `weight ${i}`).toBe(w);
});

test('converts F32, F16 and BF16', () => {
  expect([...ggmlToF32(typeOf('F32'), new Uint8Array(Float32Array.of(1.5, -2).buffer))]).toEqual([1.5, -2]);
  expect([...ggmlToF32(typeOf('F16'), Uint8Array.from(h(0.25)))]).toEqual([0.25]);
  expect([...ggmlToF32(typeOf('BF16'), Uint8Array.from([0xc0, 0x3f]))]).toEqual([1.5]);
});

test('the error for an unsupported type names it and the supported ones', () => {
  expect(() => ggmlToF32(typeOf('IQ3_S'), new Uint8Array(110))).toThrow(/Q6_K.*IQ3_S/);
  expect(GGML_READABLE).toHaveLength(19);
});
