import { expect, test } from 'vitest';
import { kv8Words, packKv8, unpackKv8 } from './kv8.ts';
import { randomTensor, seededRandom } from './random.ts';

test('packs bytes from the lowest bits up, then the scale', () => {
  const words = packKv8(Float32Array.of(2, -2, 1, 0, 0, 0, 0, 0), 4);
  expect(kv8Words(4)).toBe(2);
  expect([...words]).toEqual([0x0040817f, 0x40000000, 0, 0]); // 127, −127, 64 (63.5 goes up), 0; 2.0
  expect(unpackKv8(words, 4)).toEqual(Float32Array.of(2, -2, (64 / 127) * 2, 0, 0, 0, 0, 0));
});

test('errs by at most half a step of the head, and repacking unpacked numbers changes nothing', () => {
  const width = 24;
  const { data } = randomTensor([30 * width], seededRandom(3), { spread: 9 });
  const numbers = Float32Array.from(data);
  const packed = packKv8(numbers, width);
  const back = unpackKv8(packed, width);
  for (let head = 0; head < 30; head++) {
    const part = numbers.subarray(head * width, (head + 1) * width);
    const step = Math.max(...part.map(Math.abs)) / 127;
    part.forEach((x, i) => {
      expect(Math.abs((back[head * width + i] as number) - x)).toBeLessThan(0.501 * step);
    });
  }
  expect(packKv8(back, width)).toEqual(packed);
});
