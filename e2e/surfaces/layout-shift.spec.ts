/** Pages open without layout shifts: content that arrives later is added below the rest, or all at once. */
import { article, expect, type LinnetBrowser, type Page, test } from '../harness/index.ts';
import { ask, card } from '../story.ts';

interface Shift extends PerformanceEntry {
  readonly sources: readonly {
    readonly node: Node | null;
    previousRect: DOMRectReadOnly;
    currentRect: DOMRectReadOnly;
  }[];
}

/** Runs in every page: records the layout shifts that the browser reports (Layout Instability API). */
function watchShifts(): void {
  const moved: string[] = [];
  Object.assign(globalThis, { moved });
  const place = ({ left, top }: DOMRectReadOnly) => `${Math.round(left)},${Math.round(top)}`;
  new PerformanceObserver((list) => {
    for (const { sources, startTime } of list.getEntries() as Shift[]) {
      for (const { node, previousRect: before, currentRect: after } of sources) {
        const element = node instanceof Element ? node : node?.parentElement;
        // The popup's foot, and the progress above it, follow its window, whose height the browser reports late; the
        // header's label grows sideways.
        if (
          element === null ||
          element === undefined ||
          element.closest('footer, header, .model-progress') !== null
        )
          continue;
        // Centring rounds.
        if (Math.abs(after.left - before.left) <= 1 && Math.abs(after.top - before.top) <= 1) continue;
        const name = `${element.localName}.${element.getAttribute('class')}`;
        moved.push(`${Math.round(startTime)} ms: ${name} ${place(before)} → ${place(after)}`);
      }
    }
  }).observe({ type: 'layout-shift', buffered: true });
}

/** Waits until the page is complete. */
async function moved(page: Page, last: string): Promise<string[]> {
  await expect(page.getByText(last).first()).toBeVisible();
  // Entries are reported with later frames.
  await page.waitForTimeout(600);
  return page.evaluate(() => (globalThis as unknown as { moved: string[] }).moved);
}

async function opened(linnet: LinnetBrowser, path: string, last: string): Promise<string[]> {
  const page = await linnet.open(path);
  const found = await moved(page, last);
  await page.close();
  return found;
}

// An init script stays for the lifetime of the browser.
test.use({ ownBrowser: true });

test('nothing shifts while a page of Linnet opens', {
  tag: ['@rare', '@phone-rare'],
}, async ({ linnet, site }) => {
  const models = await linnet.open('models.html');
  await expect(card(models, 'Linnet demo')).toBeVisible();
  await ask(models, 'set-settings', { settings: { welcomed: true } });
  await models.close();
  await linnet.context.addInitScript(watchShifts);
  expect(await opened(linnet, 'models.html', 'Copy diagnostics')).toEqual([]);
  expect(await opened(linnet, 'options.html', 'Your text never leaves this device')).toEqual([]);
  expect(await opened(linnet, 'glossary.html', 'Export CSV')).toEqual([]);
  expect(await opened(linnet, 'chat.html', 'Ask a question below')).toEqual([]);

  const page = await linnet.open(site.page('/', article('Wrens', ['A wren is a small bird. '.repeat(20)])));
  for (const state of ['cold', 'warm']) {
    const popup = await linnet.openPopup(page);
    expect(await moved(popup, 'Ask a question below'), state).toEqual([]);
    await popup.close();
  }

  // A real shift is reported.
  const glossary = await linnet.open('glossary.html');
  await expect(glossary.getByText('Export CSV')).toBeVisible();
  await glossary.waitForTimeout(600);
  await glossary.evaluate(() => document.querySelector('main')!.prepend(new Image(1, 90)));
  expect((await moved(glossary, 'Export CSV')).join()).toContain('form.entry');
});
