/**
 * Published weights for tests, from `npm run weights`. A test that needs them runs on demand (`npm test -- --all`), since it
 * takes minutes on a GPU in software, and is skipped where they are absent; the reason is printed.
 *
 *     describeWithWeights('SmolLM2', 'smollm2-135m-instruct', (file) => {
 *       test('greedy text is the golden one', …);
 *     });
 */
import { describe, test } from 'vitest';
import { onDemand } from './assets.ts';
import { weightsFile } from '../weights/published.mjs';

/**
 * A `describe` whose body runs only if the file of the published model `id` is there, and gets its absolute path.
 * Otherwise it is reported as one skipped test.
 */
export function describeWithWeights(name: string, id: string, body: (file: string) => void): void {
  const file = weightsFile(id);
  const reason =
    file === undefined ? `the weights of ${id} are absent: \`npm run weights\` brings them` : onDemand;
  if (reason === undefined) describe(name, () => body(file!));
  else test(name, (t) => t.skip(reason));
}
