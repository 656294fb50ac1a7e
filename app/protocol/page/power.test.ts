import { expect, test } from 'vitest';
import { mayReadAhead } from './power.ts';

test.each([
  [{ charging: true, level: 0.1, phone: true }, true],
  [{ charging: false, level: 0.5, phone: false }, true],
  [{ charging: false, level: 0.49, phone: false }, false],
  [{ charging: false, level: 0.79, phone: true }, false],
  [{ charging: false, level: 0.8, phone: true }, true],
  [{ phone: true }, false],
  [{ phone: false }, true],
  // A page keeps it from scripts.
  [undefined, false],
])('with %o reading ahead is allowed: %o', (power, may) => {
  expect(mayReadAhead(undefined, power)).toBe(may);
  expect(mayReadAhead('always', power)).toBe(true);
  expect(mayReadAhead('never', power)).toBe(false);
});
