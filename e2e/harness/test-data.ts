/** Test data beside the checkout, in `../shared/assets`; a story that needs it skips where it is absent. */
import { existsSync } from 'node:fs';
import { test } from 'playwright/test';
import { at } from '../../scripts/setup/machine.mjs';

/** The absolute path of a file or folder of the test data; skips the running test where it is absent. */
export function assets(path: string): string {
  const full = `${process.env.LINNET_ASSETS ?? at('../shared/assets')}/${path}`;
  test.skip(!existsSync(full), `../shared/assets/${path} is absent`);
  return full;
}
