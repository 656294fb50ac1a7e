/** Summaries by the page's own sentences: without any model, and while a model is loaded. */
import { article, expect, type LinnetBrowser, type Page, picture, test } from '../harness/index.ts';
import { card, importStories } from '../story.ts';

const title = 'Rosedale closes its old harbour';
const lead = 'The old harbour of Rosedale will be closed in May, the council said on Monday.';
const others = [
  'It was a hard decision for all of them.',
  'The harbour was built in 1712 for the ships that carried wool from the valley to the towns of the north.',
  'Would the ships ever come back?',
  'Ships now use the larger harbour in Ashdale, and the old one stands empty on most days of the week.',
  'Fishermen protested in front of the town hall, because the harbour in Ashdale is far from their homes.',
  'The council plans a park with a small museum of wool on the quays of the old harbour.',
  'Work on the park will cost two million euros and is to begin after the summer holidays.',
  'This article was written with the help of our readers, and we use cookies on this site.',
];
const html = article(title, [lead, ...others]).replace(
  '<main>',
  '<style>main { padding-block: 150vh }</style><main>',
);

const answer = (popup: Page) => popup.getByRole('article').last();
const quotes = (popup: Page) => answer(popup).locator('button.quote');

/** The text that is marked on a page. */
const marked = (page: Page): Promise<string> =>
  page.evaluate(() => [...(CSS.highlights.get('linnet-passage') ?? [])].map(String).join(''));

async function withoutModels(linnet: LinnetBrowser): Promise<void> {
  const models = await linnet.open('models.html');
  const demo = card(models, 'Linnet demo');
  await demo.getByRole('button', { name: 'Delete' }).click();
  await demo.getByRole('button', { name: 'Delete' }).click();
  await expect(demo).toHaveCount(0);
  await models.close();
}

test('a profile without a model summarises an article by its own sentences, and leads to a model', {
  tag: '@phone-rare',
}, async ({ linnet, site }) => {
  await withoutModels(linnet);
  const page = await linnet.open(site.page('/harbour', html));
  const popup = await linnet.openPopup(page);
  await expect(popup.getByText('There is no model on this device yet.')).toBeVisible();
  await popup.getByRole('button', { name: 'Summarise this page' }).click();
  await expect(quotes(popup)).toHaveCount(5);
  await expect(answer(popup).getByText('The page’s own sentences; no model was used.')).toBeVisible();
  const said = await quotes(popup).allInnerTexts();
  expect(said[0]).toBe(lead);
  for (const quote of said) expect([lead, ...others]).toContain(quote);
  expect(said.join(' ')).not.toMatch(/cookies|Would the|hard decision/);
  await picture(popup, 'popup-quotes');
  await picture(popup, 'popup-quotes', { dark: true });

  await quotes(popup).nth(4).click();
  await expect.poll(() => marked(page)).toBe(said[4]);
  await popup.close();

  // The summary is kept, and another type is made of the page too.
  const again = await linnet.openPopup(page);
  await expect(quotes(again)).toHaveCount(5);
  const address = again.url();
  await again.getByRole('button', { name: 'Back' }).click();
  await again.getByLabel('Kind of summary').selectOption('headline');
  await again.getByRole('button', { name: 'Summarise this page' }).click();
  await expect(quotes(again)).toHaveText([title]);
  const opened = linnet.context.waitForEvent('page');
  // The popup closes as the page of models opens, which may be before the click has returned.
  await answer(again)
    .getByRole('button', { name: 'Choose a model' })
    .click()
    .catch(() => undefined);
  await expect(await opened).toHaveURL(linnet.url('models.html'));

  await page.bringToFront();
  const tab = await linnet.open(address);
  await tab.getByRole('button', { name: 'Back' }).click();
  await tab.getByRole('button', { name: title }).last().click();
  await expect(quotes(tab)).toHaveCount(5);
  await picture(tab, 'tab-quotes', { phone: true });
  await picture(tab, 'tab-quotes', { phone: true, rtl: true });
  expect(linnet.pageErrors).toEqual([]);
});

test('the page is quoted while a model is loaded and reads; its words take the place of the quotes', {
  tag: '@rare',
}, async ({ linnet, site }) => {
  await importStories(linnet);
  const page = await linnet.open(site.page('/harbour', html));
  await linnet.slowGpu(400);
  const popup = await linnet.openPopup(page);
  await popup.getByRole('button', { name: 'Summarise this page' }).click();
  await expect(quotes(popup).first()).toHaveText(lead);
  await expect(answer(popup)).toHaveAttribute('aria-busy', 'true');
  await expect(popup.getByText('Sentences from the page itself, until the model has written:')).toBeVisible();
  await picture(popup, 'popup-quotes-meanwhile');
  await quotes(popup).first().click();
  await expect.poll(() => marked(page)).toBe(lead);

  await linnet.slowGpu(0);
  await expect(answer(popup)).toHaveAttribute('aria-busy', 'false');
  await expect(quotes(popup).first()).toBeHidden();
  await answer(popup).getByText('Sentences from the page itself', { exact: true }).click();
  await expect(quotes(popup).first()).toBeVisible();
  await picture(popup, 'popup-quotes-again');
  expect(linnet.pageErrors).toEqual([]);
});
