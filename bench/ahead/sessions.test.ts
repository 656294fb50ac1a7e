/** Of a page that was read ahead, or before, hardly anything is left to run after a tap. Counts, no times. */
import { afterAll, expect, test } from 'vitest';
import { readPages } from '../../scripts/answers/pages.ts';
import { describeWithAssets, onDemand } from '../../scripts/testing/assets.ts';
import { type CountedModel, missing, openCounted } from './counted-model.ts';
import { BOUNDS, runSession } from './sessions.ts';

const NAMES = onDemand === undefined ? ['bbc-1', 'lemonde-1'] : ['bbc-1'];

describeWithAssets('reading sessions', ['pages/readability'], (folder) => {
  let opened: Promise<CountedModel> | undefined;
  afterAll(async () => (await opened)?.dispose());

  test
    .skipIf(missing() !== undefined)
    .each(readPages(folder, NAMES).map(({ name, page }) => ({ name, page })))(
    '$name: after the tap at most a twentieth of the prompt is run',
    async ({ page }) => {
      opened ??= openCounted('assets/demo');
      for (const { step, cold, before, after } of await runSession(await opened, page, { ahead: true })) {
        expect([step, after <= BOUNDS[step] * cold]).toEqual([step, true]);
        // Read once: what comes later is in the cache, or in the file.
        if (step !== 'summary' && step !== 'selection')
          expect([step, before <= 0.05 * cold]).toEqual([step, true]);
      }
    },
    60_000,
  );
});
