import { expect, test } from 'vitest';
import { EngineError } from '../base/errors.ts';
import { f16FromF32, f32FromF16 } from '../tensor/f16.ts';
import { seededRandom } from '../tensor/random.ts';
import { GGML_TYPES, type GgmlType, ggmlToF32 } from './ggml.ts';
import { ggmlToM0e4 } from './ggml-m0e4.ts';
import { dequantiseRows } from './m0e4.ts';

const typeOf = (name: string) => [...GGML_TYPES.values()].find((t) => t.name === name) as GgmlType;
const random = seededRandom(3);
const gauss = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** One block of 32 weights, quantised as ggml's reference quantiser does. */
function quantise(name: string, w: readonly number[]): number[] {
  const largest = w.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a));
  const min = Math.min(...w);
  const d = name === 'Q4_0' ? largest / -8 : (Math.max(...w) - min) / 15;
  const from = name === 'Q4_0' ? -8 * d : min;
  const q = w.map((x) => (d === 0 ? 0 : Math.min(15, Math.trunc((x - from) / d + 0.5))));
  const halves = name === 'Q4_0' ? [d] : [d, min];
  return [
    ...halves.flatMap((x) => [f16FromF32(x) & 255, f16FromF32(x) >> 8]),
    ...Array.from({ length: 16 }, (_, i) => (q[i] as number) | ((q[i + 16] as number) << 4)),
  ];
}

const gaussian = (name: string, count: number, scale = () => 0.05) =>
  Uint8Array.from(
    Array.from({ length: count }, () => {
      const by = scale();
      return quantise(
        name,
        Array.from({ length: 32 }, () => gauss() * by),
      );
    }).flat(),
  );

/** The nibble of weight i of a row in M0E4's order. */
const nibble = (words: Uint32Array, i: number) =>
  ((words[i >> 3] as number) >>> (((i & 1) << 4) + ((i & 6) << 1))) & 15;

for (const name of ['Q4_0', 'Q4_1']) {
  const type = typeOf(name);
  const head = name === 'Q4_0' ? 2 : 4;

  test(`${name}: nibbles stay unchanged, and s and b are as exact as halves allow`, () => {
    const count = 20_000;
    // Magnitudes over three binades, so that mantissas vary.
    const bytes = gaussian(name, count, () => 0.01 * 2 ** (3 * random()));
    const k = 64;
    const { nibbles, scales } = ggmlToM0e4(type, bytes, k, 32, 'w', 0) ?? expect.fail();
    const want = ggmlToF32(type, bytes);
    const got = dequantiseRows({ nibbles, scales }, k, 32);
    let exact = 0;
    let squares = 0;
    let plain = 0;
    let largest = 0;
    for (let block = 0; block < count; block++) {
      const at = block * type.bytes;
      const d = f32FromF16((bytes[at] as number) | ((bytes[at + 1] as number) << 8));
      const m =
        head === 2 ? -8 * d : f32FromF16((bytes[at + 2] as number) | ((bytes[at + 3] as number) << 8));
      const b = m - 16 * d;
      const shift = (f32FromF16(f16FromF32(b)) - b) / d;
      plain += shift * shift;
      let worst = 0;
      for (let i = 0; i < 32; i++) {
        const byte = bytes[at + head + (i & 15)] as number;
        if (nibble(nibbles, block * 32 + i) !== (i < 16 ? byte & 15 : byte >> 4))
          expect.fail(`block ${block}`);
        const off = ((got[block * 32 + i] as number) - (want[block * 32 + i] as number)) / d;
        squares += (off * off) / 32;
        worst = Math.max(worst, Math.abs(off));
      }
      largest = Math.max(largest, worst);
      if (worst < 1e-6) exact++;
    }
    const rms = Math.sqrt(squares / count);
    expect(rms).toBeLessThan(0.003);
    expect(rms).toBeLessThan(Math.sqrt(plain / count));
    expect(largest).toBeLessThan(0.015);
    expect(exact / count).toBeGreaterThan(0.3);
  });
}

test('a zero stays zero in Q4_0', () => {
  const type = typeOf('Q4_0');
  const bytes = gaussian('Q4_0', 500);
  const want = ggmlToF32(type, bytes);
  const stored = ggmlToM0e4(type, bytes, 32, 32, 'w', 0) ?? expect.fail();
  const got = dequantiseRows(stored, 32, 32);
  const zeros = [...want.keys()].filter((i) => want[i] === 0);
  expect(zeros.length).toBeGreaterThan(100);
  const moved = zeros.filter((i) => got[i] !== 0);
  expect(moved.length / zeros.length).toBeLessThan(0.01);
});

test('converts blocks of zeros, of millionths and of large weights', () => {
  const type = typeOf('Q4_0');
  const block = (d: number) => [
    f16FromF32(d) & 255,
    f16FromF32(d) >> 8,
    ...Array.from({ length: 16 }, (_, i) => i * 17),
  ];
  for (const [d, tolerance] of [
    [0, 0],
    [2 ** -24, 2 ** -20],
    [-(2 ** -19), 2 ** -18],
    [2 ** -18, 2 ** -20],
    [2700, 32],
  ] as const) {
    const bytes = Uint8Array.from([...block(0.5), ...block(d)]);
    const stored = ggmlToM0e4(type, bytes, 64, 32, 'w', 0) ?? expect.fail();
    const got = dequantiseRows(stored, 64, 32);
    const want = ggmlToF32(type, bytes);
    const off = Math.max(...got.map((x, i) => Math.abs(x - (want[i] as number))));
    expect(off, `d = ${d}`).toBeLessThanOrEqual(tolerance);
    // No half may be subnormal: a GPU may read it as zero.
    for (const scale of stored.scales) {
      for (const bits of [scale & 0xffff, scale >>> 16])
        expect((bits & 0x7c00) === 0 && (bits & 0x3ff) !== 0).toBe(false);
    }
  }
});

test('the error names a weight that is too large for a half', () => {
  const block = [f16FromF32(4000) & 255, f16FromF32(4000) >> 8, ...new Array<number>(16).fill(0x88)];
  block[2] = 0;
  expect(() => ggmlToM0e4(typeOf('Q4_0'), Uint8Array.from(block), 32, 32, 'w', 0)).toThrow(/-32000/);
});

test('the error gives the position of a NaN; other group sizes and types return undefined', () => {
  const type = typeOf('Q4_0');
  const bytes = gaussian('Q4_0', 4);
  expect(ggmlToM0e4(type, bytes, 64, 64, 'w', 0)).toBeUndefined();
  expect(ggmlToM0e4(typeOf('Q8_0'), new Uint8Array(34), 32, 32, 'w', 0)).toBeUndefined();
  bytes.set([0, 0x7e], 3 * 18);
  let error: unknown;
  try {
    ggmlToM0e4(type, bytes, 64, 32, 'blk', 10);
  } catch (e) {
    error = e;
  }
  expect(error).toBeInstanceOf(EngineError);
  expect(error).toMatchObject({ code: 'checkpoint-damaged', who: 'blk', where: 'row 11, column 32' });
});
