import { expect, test } from 'vitest';
import { measureSlowness, slownessOf } from './speed.mjs';

test('slowness is how many times longer the work took, and never below 1', () => {
  expect(slownessOf(200)).toBe(1);
  expect(slownessOf(20)).toBe(1);
  expect(slownessOf(850)).toBe(4.3);
});

test('the measurement ends, with a number', async () => {
  expect(await measureSlowness()).toBeGreaterThanOrEqual(1);
});
