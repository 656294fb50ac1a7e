/** The bubble everywhere: pages made to be hard for it. */
import { BubbleTrial } from '../cases/bubble-trial.ts';
import { bubbleVariants } from '../cases/bubble-variants.ts';
import { expect, test } from '../harness/index.ts';
import { callLinnet } from '../story.ts';

for (const { name, html, check } of bubbleVariants)
  test(`the bubble beside a selection: ${name}`, { tag: '@phone-rare' }, async ({ linnet, site }) => {
    const page = await linnet.open(site.page('/places', html));
    await callLinnet(linnet, page);
    const trial = new BubbleTrial(page, () => linnet.openPopup(page));
    if (check !== undefined) await check(trial);
    else {
      await trial.select('#one');
      await trial.offered(page.locator('#one'), 'the words');
      await trial.opens('the words');
    }
    expect(trial.faults).toEqual([]);
  });
