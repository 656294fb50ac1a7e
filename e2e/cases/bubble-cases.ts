/** What a person expects of the bubble on the pages of ../shared/cases/pages, in the built extension. */
import type { Page } from 'playwright/test';
import { BubbleTrial, PATIENCE } from './bubble-trial.ts';
import { CASES_ORIGIN, serveCases } from './serve-cases.ts';

export interface BubbleCase {
  readonly file: string;
  /** Of the pages of its kind the one that every run tries; the others are tried on demand. */
  readonly always?: true;
  check(trial: BubbleTrial): Promise<void>;
}

export interface BubbleRow {
  readonly file: string;
  /** Empty if all is right. */
  readonly faults: readonly string[];
}

const offeredAndOpens = async (trial: BubbleTrial, selector = '#one') => {
  await trial.select(selector);
  await trial.offered(trial.page.locator(selector), selector);
  await trial.opens(selector);
};

export const bubbleCases: readonly BubbleCase[] = [
  {
    file: '08-iframe-article.html',
    always: true,
    async check(trial) {
      const [, frame] = trial.page.frames();
      await trial.select('#letter', frame);
      await trial.offered(frame!.locator('#letter'), 'in the frame');
      await trial.opens('in the frame');
    },
  },
  {
    file: '30-fields.html',
    async check(trial) {
      await trial.page.locator('#empty').focus();
      await trial.notOffered('an empty caret');
      for (const selector of ['#ta', '#in', '#ce', '#role p']) {
        const field = trial.page.locator(selector);
        if (selector !== '#ta' && selector !== '#in') await field.focus();
        await trial.select(selector);
        await trial.offered(field, selector);
        await trial.opens(selector);
        // The same words are selected next; those in `#in`, `#ce` and `#role` are the same.
        await trial.close();
      }
    },
  },
  { file: '32-css-zoom.html', check: (trial) => offeredAndOpens(trial) },
  {
    file: '34-popover.html',
    always: true,
    async check(trial) {
      const isOpen = () => trial.page.locator('#pop').evaluate((pop) => pop.matches(':popover-open'));
      await trial.page.getByRole('button', { name: 'Open' }).click();
      await offeredAndOpens(trial);
      trial.expect(await isOpen(), 'the popover of the page is closed');
      await trial.close();
      trial.expect(await isOpen(), 'the popover of the page is closed with the bubble');
    },
  },
  {
    file: '35-fullscreen.html',
    async check(trial) {
      await trial.page.locator('#go').click();
      await trial.page.waitForFunction(() => document.fullscreenElement !== null);
      await offeredAndOpens(trial);
      trial.expect(
        await trial.page.evaluate(() => document.fullscreenElement !== null),
        'left the full screen',
      );
    },
  },
  { file: '36-hostile-css.html', check: (trial) => offeredAndOpens(trial) },
  {
    file: '37-end-on-image.html',
    async check(trial) {
      await trial.page.evaluate(() => {
        const text = document.querySelector('#one')!;
        getSelection()!.setBaseAndExtent(text, text.childNodes.length, document.querySelector('#img')!, 0);
      });
      await trial.offered(trial.page.locator('tr'), 'to the picture', 'around');
      await trial.opens('to the picture');
    },
  },
  {
    file: '39-codemirror.html',
    always: true,
    async check(trial) {
      await trial.page.evaluate(() => {
        const { cm } = window as unknown as {
          cm: { setSelection(a: object, b: object): void; focus(): void };
        };
        cm.focus();
        cm.setSelection({ line: 1, ch: 0 }, { line: 1, ch: 25 });
      });
      await trial.offered(trial.page.locator('.CodeMirror-line').nth(1), 'a line');
      await trial.opens('a line');
    },
  },
  {
    file: '40-quill.html',
    async check(trial) {
      await trial.page.evaluate(() => {
        const { q } = window as unknown as { q: { setSelection(at: number, length: number): void } };
        q.setSelection(0, 25);
      });
      await trial.offered(trial.page.locator('.ql-editor p').first(), 'a paragraph');
      await trial.opens('a paragraph');
    },
  },
  {
    file: '41-user-select-none.html',
    always: true,
    async check(trial) {
      const box = (await trial.page.locator('#one').boundingBox())!;
      await trial.page.mouse.move(box.x + 2, box.y + box.height / 2);
      await trial.page.mouse.down();
      await trial.page.mouse.move(box.x + 120, box.y + box.height / 2, { steps: 4 });
      await trial.page.mouse.up();
      await trial.notOffered('what cannot be selected');
      const popup = await trial.call();
      const said = popup.getByText(
        'The text of this page cannot be selected, but the page can be translated.',
      );
      await said.waitFor({ timeout: PATIENCE }).catch(() => trial.faults.push('the popup does not say so'));
      await popup.close();
    },
  },
  {
    file: '42-big-selection.html',
    async check(trial) {
      await trial.page.evaluate(() => {
        const [from, to] = ['#zero', '#two'].map((id) => document.querySelector(id)!);
        getSelection()!.setBaseAndExtent(from!, 0, to!, to!.childNodes.length);
      });
      await trial.offered(trial.page.locator('#two'), 'three paragraphs');
      await trial.opens('three paragraphs');
    },
  },
];

/** Calls Linnet on each page by `call`, which opens the popup: so the browser gives it access. */
export async function tryBubble(
  open: () => Promise<Page>,
  call: (page: Page) => Promise<Page>,
  cases: readonly BubbleCase[] = bubbleCases,
): Promise<BubbleRow[]> {
  const rows: BubbleRow[] = [];
  for (const { file, check } of cases) {
    const page = await open();
    await serveCases(page);
    await page.goto(`${CASES_ORIGIN}/${file}`);
    const trial = new BubbleTrial(page, () => call(page));
    // The content script is there once the page is read.
    const popup = await trial.call();
    await popup.getByRole('button', { name: 'Translate this page' }).waitFor({ timeout: PATIENCE });
    await popup.close();
    await check(trial).catch((error: unknown) => trial.faults.push(String(error)));
    rows.push({ file, faults: trial.faults });
    await page.close();
  }
  return rows;
}
