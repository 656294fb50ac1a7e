import { expect, test } from 'vitest';
import { lossesOf, total } from './testing.ts';
import { fullAtEveryWrite } from './disk-full.ts';

test('a disk that is full at any write loses nothing that was acknowledged', async () => {
  const outcomes = await fullAtEveryWrite();
  expect(lossesOf(outcomes)).toEqual([]);
  expect(total(outcomes).times).toBeGreaterThan(50);
});
