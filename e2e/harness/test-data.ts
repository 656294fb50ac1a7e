/** Test data beside the checkout, and published weights; a story that needs what is absent skips. */
import { existsSync } from 'node:fs';
import { test } from 'playwright/test';
import { at } from '../../scripts/setup/machine.mjs';
import { weightsFile } from '../../scripts/weights/published.mjs';

/** The absolute path of a file or folder of the test data; skips the running test where it is absent. */
export function assets(path: string): string {
  const full = `${process.env.LINNET_ASSETS ?? at('../shared/assets')}/${path}`;
  test.skip(!existsSync(full), `../shared/assets/${path} is absent`);
  return full;
}

/** The absolute path of a published model's file; skips the running test where `npm run weights` has not brought it. */
export function weights(id: string): string {
  const file = weightsFile(id);
  test.skip(file === undefined, `the weights of ${id} are absent: \`npm run weights\` brings them`);
  return file!;
}
