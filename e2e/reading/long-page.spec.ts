/**
 * A page longer than the model can read at once: it is summarised part by part without losing notes; a question is
 * answered from the part of the page that is about it.
 */
import { expect, type LinnetBrowser, type Page, picture, type Site, test } from '../harness/index.ts';
import { injected, stories, storyPage } from '../demo-world.ts';
import { ask, demoModel, firstTurn, lastPrompt, openInTab, say, words } from '../story.ts';

const html = storyPage('News of the week', [...stories, injected]);
const answer = (popup: Page) => popup.getByRole('article').last();

async function begin(linnet: LinnetBrowser, site: Site): Promise<{ page: Page; popup: Page }> {
  const page = await linnet.open(site.page('/news', html));
  const popup = await linnet.openPopup(page);
  // A fast adapter would be at the next part before the story has checked.
  await linnet.slowGpu(50);
  await popup.getByRole('button', { name: 'Summarise this page' }).click();
  await expect(answer(popup)).toContainText(/Part 1 of \d+/);
  return { page, popup };
}

async function finished(popup: Page): Promise<void> {
  await expect(answer(popup)).toHaveAttribute('aria-busy', 'false');
}

/** The notes of the parts so far, from the newest summary. */
async function noted(popup: Page): Promise<readonly string[]> {
  const [conversation] = await ask(popup, 'conversations', { limit: 1 });
  const parts = await popup.evaluate(
    (id) =>
      new Promise<readonly string[]>((resolve, reject) => {
        const open = indexedDB.open('linnet');
        open.onerror = () => reject(open.error);
        open.onsuccess = () => {
          const get = open.result.transaction('jobs').objectStore('jobs').get(id);
          get.onsuccess = () => resolve(get.result.rounds[0].points);
        };
      }),
    conversation!.jobs.at(-1)!,
  );
  return parts;
}

test('shows the current part and the notes, and continues without popup and service worker', {
  tag: '@phone-rare',
}, async ({ linnet, site }) => {
  const { page, popup } = await begin(linnet, site);
  await expect(answer(popup)).toContainText(/Part 2 of \d+/);
  await expect(answer(popup).getByRole('progressbar')).toBeVisible();
  await expect(answer(popup).locator('.prose li').first()).toBeVisible();
  await picture(popup, 'popup-parts');
  await linnet.slowGpu(0);
  await popup.close();
  await linnet.stopServiceWorker();

  const again = await linnet.openPopup(page);
  await finished(again);
  const parts = await noted(again);
  const prompt = firstTurn(await lastPrompt(again));
  expect(prompt).toBe(
    `<page>\nNews of the week\n\n${parts.join('\n\n')}\n</page>\nList the key points of the page, at most 5.`,
  );
  await answer(again).getByText(`Key points of the ${parts.length} parts`).click();
  for (const part of parts)
    expect(words(await answer(again).locator('.notes').innerText())).toContain(
      words(part.replaceAll('- ', '')).slice(0, 20),
    );
  await picture(again, 'popup-notes');
  expect(linnet.pageErrors).toEqual([]);
});

test('a first summary stands while the rest is read, leads to the page, and is the answer after Stop and a new start', {
  tag: '@rare',
}, async ({ linnet, site }) => {
  const { page, popup } = await begin(linnet, site);
  await expect(answer(popup)).toContainText('Part 2 of');
  await linnet.slowGpu(2000);
  await expect(answer(popup)).toContainText(
    /A first summary, from \d+% of the page. Linnet is still reading/,
  );
  await expect(popup.getByText('A first summary of part of the page is there. Linnet reads on.')).toHaveCount(
    1,
  );
  const point = answer(popup).locator('.preliminary li').first();
  const said = words(await point.innerText());
  const tab = await openInTab(popup);
  await expect(answer(tab).locator('.preliminary')).toBeVisible();
  for (const look of [{}, { dark: true }, { rtl: true }, { phone: true }])
    await picture(tab, 'chat-preliminary', look);
  await tab.getByRole('button', { name: 'Stop' }).click();
  await linnet.slowGpu(0);
  await finished(tab);
  await expect(answer(tab)).toContainText(
    /From \d+% of the page. The page is longer than this model can read at once/,
  );
  expect(words(await answer(tab).locator('.preliminary li').first().innerText())).toBe(said);
  for (const look of [{}, { phone: true }]) await picture(tab, 'chat-preliminary-stopped', look);
  await tab.close();
  await linnet.stopServiceWorker();

  const again = await linnet.openPopup(page);
  await expect(answer(again)).toContainText(/From \d+% of the page/);
  expect(words(await answer(again).locator('.preliminary li').first().innerText())).toBe(said);
  await answer(again).getByRole('button', { name: 'Continue with part 2' }).click();
  await finished(again);
  await expect(answer(again).locator('.preliminary')).toHaveCount(0);
  expect(linnet.pageErrors).toEqual([]);
});

test('stopped or failed in a later part, it keeps the notes and continues there', { tag: '@rare' }, async ({
  linnet,
  site,
}) => {
  const { popup } = await begin(linnet, site);
  await expect(answer(popup)).toContainText('Part 2 of');
  await popup.getByRole('button', { name: 'Stop' }).click();
  await finished(popup);
  await expect(answer(popup)).toContainText(/From \d+% of the page/);
  const [first] = await noted(popup);
  expect(words(await answer(popup).locator('.prose').first().innerText())).toContain(
    words(first!.slice(2)).slice(0, 20),
  );
  await picture(popup, 'popup-parts-stopped');

  // The progress of reading is reported after each chunk.
  await linnet.slowGpu(1000);
  await popup.getByRole('button', { name: 'Continue with part 2' }).click();
  await expect(answer(popup)).toContainText('Part 2 of');
  await expect(answer(popup)).toContainText(/Reading… \d+ of/);
  await linnet.crashGpu();
  await linnet.slowGpu(0);
  await expect(answer(popup).getByRole('alert')).toContainText('graphics adapter was reset');
  expect(await noted(popup)).toEqual([first]);
  await linnet.slowGpu(1000);
  await answer(popup).getByRole('button', { name: 'Continue with part 2' }).click();
  await expect(answer(popup).getByRole('alert')).toHaveCount(0);
  await expect(answer(popup)).toContainText('Part 2 of');
  await expect(answer(popup)).toContainText(/Reading… \d+ of/);
  expect(await noted(popup)).toEqual([first]);
});

test('a question is answered from the end of the page, which has the answer, and so is the next one', {
  tag: ['@rare', '@phone-rare'],
}, async ({ linnet, site }) => {
  await demoModel(linnet);
  const lead = 'Read the news of the week.';
  const long = storyPage('News of the week', [injected, ...stories], lead);
  const popup = await linnet.openPopup(await linnet.open(site.page('/week', long)));
  await say(popup, 'Where does Vera live?');
  await finished(popup);
  expect(words(await answer(popup).locator('.prose').innerText())).toBe('In Elmford.');
  const asked = firstTurn(await lastPrompt(popup));
  const [heading, ...paragraphs] = stories.at(-1)!;
  const end = [heading, ...paragraphs].join('\n\n');
  expect(asked).toContain(`${lead}\n\n[…]\n\n`);
  expect(asked.endsWith(`\n\n[…]\n\n${end}\n</page>\nWhere does Vera live?`)).toBe(true);
  const note = answer(popup).getByText(/^Only 2 passages of this long page were read \(\d+%\)/);
  await expect(note).toBeVisible();
  await picture(popup, 'popup-excerpts');
  await picture(popup, 'popup-excerpts', { dark: true });

  await say(popup, 'Who did Vera meet?');
  await finished(popup);
  expect(words(await answer(popup).locator('.prose').innerText())).toMatch(/^Helen\b/);
  const again = await lastPrompt(popup);
  expect(again.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user']);
  expect(firstTurn(again)).toBe(asked);
  await expect(note).toBeVisible();

  const tab = await openInTab(popup);
  await expect(tab.getByRole('article')).toHaveCount(2);
  await picture(tab, 'chat-excerpts', { phone: true });
});
