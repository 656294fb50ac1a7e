/** The bubble on the pages that others were reported to fail on. */
import { casesAbsent } from '../../scripts/testing/read-cases.ts';
import { bubbleCases, tryBubble } from '../cases/bubble-cases.ts';
import { expect, test } from '../harness/index.ts';

for (const one of bubbleCases)
  test(`the bubble on ${one.file}`, { tag: '@phone' }, async ({ linnet }) => {
    const absent = casesAbsent();
    test.skip(absent !== undefined, absent);
    const rows = await tryBubble(
      () => linnet.open('about:blank'),
      (page) => linnet.openPopup(page),
      [one],
    );
    expect(rows[0]!.faults).toEqual([]);
  });
