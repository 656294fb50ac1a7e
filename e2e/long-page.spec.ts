/** A page longer than the model can read at once: part by part, with nothing lost on the way, and its passages. */
import { expect, type LinnetBrowser, type Page, picture, type Site, test } from './harness/index.ts';
import { injected, stories, storyPage } from './demo-world.ts';
import { lastPrompt } from './story.ts';

const html = storyPage('News of the week', [...stories, injected]);
const answer = (popup: Page) => popup.getByRole('article').last();

async function begin(
  linnet: LinnetBrowser,
  site: Site,
  path = '/news',
): Promise<{ page: Page; popup: Page }> {
  const page = await linnet.open(site.page(path, html));
  const popup = await linnet.openPopup(page);
  await popup.getByRole('button', { name: 'Summarise this page' }).click();
  return { page, popup };
}

async function finished(popup: Page): Promise<void> {
  await expect(answer(popup)).toHaveAttribute('aria-busy', 'false', { timeout: 100_000 });
}

test('tells which part is read, shows what was noted, and ties each point to its passage', async ({
  linnet,
  site,
}) => {
  test.setTimeout(300_000);
  const { page, popup } = await begin(linnet, site);
  await expect(answer(popup)).toContainText(/Part 1 of \d+/, { timeout: 60_000 });
  await expect(answer(popup)).toContainText(/Part 2 of \d+/, { timeout: 60_000 });
  await expect(answer(popup).locator('.prose li').first()).toBeVisible();
  await picture(popup, 'popup-parts');
  // The popup may close and the service worker die.
  await popup.close();
  await linnet.stopServiceWorker();
  const again = await linnet.openPopup(page);
  await finished(again);
  await expect(answer(again).getByText(/Key points of the \d+ parts/)).toBeVisible();
  const prompt = await lastPrompt(again);
  expect(prompt[1]!.content).toMatch(/^<page>\nNews of the week\n\n- /);
  console.log(prompt[1]!.content, '\n', await answer(again).innerText());
  await picture(again, 'popup-points');
  await picture(again, 'popup-points', { dark: true });
  await picture(again, 'popup-points', { rtl: true });

  const before = await page.evaluate(() => document.documentElement.outerHTML);
  const point = answer(again).locator('button.point').last();
  const passage = await point.getAttribute('title');
  await point.click();
  await expect.poll(() => marked(page)).toBe(passage);
  expect(await page.evaluate(() => scrollY)).toBeGreaterThan(0);
  expect(await page.evaluate(() => document.documentElement.outerHTML)).toBe(before);
  await picture(page, 'passage');
});

/** The text that is marked on a page. */
function marked(page: Page): Promise<string> {
  return page.evaluate(() => {
    const ranges = [...(CSS.highlights.get('linnet-passage') ?? [])];
    return ranges.map((range) => (range as Range).toString()).join('');
  });
}
