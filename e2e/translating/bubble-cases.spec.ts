/** The bubble on the pages that others were reported to fail on. Every run tries one of each kind, all in the same browser. */
import { casesAbsent } from '../../scripts/testing/read-cases.ts';
import { type BubbleCase, bubbleCases, tryBubble } from '../cases/bubble-cases.ts';
import { expect, type LinnetBrowser, test } from '../harness/index.ts';

async function faultsOf(linnet: LinnetBrowser, cases: readonly BubbleCase[]) {
  const absent = casesAbsent();
  test.skip(absent !== undefined, absent);
  const rows = await tryBubble(
    () => linnet.open('about:blank'),
    (page) => linnet.openPopup(page),
    cases,
  );
  return rows.filter(({ faults }) => faults.length > 0);
}

test('the bubble on a page of each kind', { tag: '@phone-rare' }, async ({ linnet }) => {
  const always = bubbleCases.filter(({ always }) => always === true);
  expect(await faultsOf(linnet, always)).toEqual([]);
});

for (const one of bubbleCases.filter(({ always }) => always !== true))
  test(`the bubble on ${one.file}`, { tag: ['@rare', '@phone-rare'] }, async ({ linnet }) => {
    expect(await faultsOf(linnet, [one])).toEqual([]);
  });
