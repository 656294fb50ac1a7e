/** The bubble everywhere: pages made to be hard for it. Every run tries one of each kind, all in the same browser. */
import { BubbleTrial } from '../cases/bubble-trial.ts';
import { type BubbleVariant, bubbleVariants } from '../cases/bubble-variants.ts';
import { expect, type LinnetBrowser, type Site, test } from '../harness/index.ts';
import { callLinnet } from '../story.ts';

async function faultsOf(linnet: LinnetBrowser, site: Site, variant: BubbleVariant): Promise<string[]> {
  const page = await linnet.open(site.page('/places', variant.html));
  await callLinnet(linnet, page);
  const trial = new BubbleTrial(page, () => linnet.openPopup(page));
  if (variant.check !== undefined) await variant.check(trial);
  else {
    await trial.select('#one');
    await trial.offered(page.locator('#one'), 'the words');
    await trial.opens('the words');
  }
  await page.close();
  return trial.faults;
}

test('the bubble beside a selection, on a hard page of each kind', { tag: ['@rare', '@phone-rare'] }, async ({
  linnet,
  site,
}) => {
  for (const variant of bubbleVariants.filter(({ always }) => always === true))
    await test.step(variant.name, async () => {
      expect(await faultsOf(linnet, site, variant), variant.name).toEqual([]);
    });
});

for (const variant of bubbleVariants.filter(({ always }) => always !== true))
  test(`the bubble beside a selection: ${variant.name}`, { tag: ['@rare', '@phone-rare'] }, async ({
    linnet,
    site,
  }) => {
    expect(await faultsOf(linnet, site, variant)).toEqual([]);
  });
