/**
 * Test data beside the checkout, in `../shared/assets` (or LINNET_ASSETS). It is not part of the repository. A test that
 * needs it is skipped where it is absent, and the reason is printed.
 *
 *     describeWithAssets('stories260K', ['models/stories260K-hf-f32'], (folder) => {
 *       test('greedy text is the golden one', …);
 *     });
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, test } from 'vitest';

const base = process.env.LINNET_ASSETS ?? fileURLToPath(new URL('../../../shared/assets', import.meta.url));

/** Returns the absolute path of a file or folder of the test data, if it exists. */
export function assets(path: string): string | undefined {
  const full = `${base}/${path}`;
  return existsSync(full) ? full : undefined;
}

/**
 * A `describe` whose body runs only if all of `needed` exist, and gets their absolute paths.
 * Otherwise it is reported as one skipped test.
 */
export function describeWithAssets(
  name: string,
  needed: readonly string[],
  body: (...paths: string[]) => void,
): void {
  const paths = needed.map((path) => assets(path));
  const missing = needed.filter((_, index) => paths[index] === undefined);
  if (missing.length === 0) {
    describe(name, () => body(...(paths as string[])));
  } else {
    test(name, (t) => t.skip(`../shared/assets/${missing.join(', ')} is absent`));
  }
}

/** Reason to skip a test that runs on demand only; undefined if it is to run. See CONTRIBUTING.md. */
export const onDemand: string | undefined =
  process.env.LINNET_ALL === '1' ? undefined : 'on demand: npm test -- --all';

/**
 * Rounds of a fuzz test: `few` in every run, `many` with `--all`, and others by FUZZ_ROUNDS. A run that draws its seed adds to
 * the runs before it.
 */
export const fuzzRounds = (few: number, many: number): number =>
  Number(process.env.FUZZ_ROUNDS ?? (onDemand === undefined ? many : few));
