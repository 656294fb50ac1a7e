/**
 * Setup of the unit tests: `vi.waitFor` waits as long as a slow machine needs. Its default limit of one second
 * made tests fail on slow machines.
 */
import { vi } from 'vitest';
import { givenSlowness } from './speed.mjs';

const { waitFor } = vi;
const limit = 30_000 * givenSlowness();

vi.waitFor = ((callback: () => unknown, options?: object | number) =>
  waitFor(
    callback,
    typeof options === 'number' ? options : { timeout: limit, ...options },
  )) as typeof waitFor;
