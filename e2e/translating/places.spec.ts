/** Where a page says something, its translation is seen: kinds of layout, labels, lines, and pages of the world. */
import { casesAbsent } from '../../scripts/testing/read-cases.ts';
import {
  isAsBefore,
  remember,
  settled,
  translateCases,
  translationScript,
} from '../cases/translate-cases.ts';
import type { MarkHabit, TranslatedPage } from '../cases/translate-in-page.ts';
import { expect, type Page, test } from '../harness/index.ts';

type InWindow = Window & {
  now: TranslatedPage;
  translatePage(habit: MarkHabit, pause: number): TranslatedPage;
};

async function translate(
  page: Page,
  view: 'both' | 'translation',
  habit: MarkHabit = 'keeps',
): Promise<void> {
  await page.evaluate(remember);
  await page.evaluate(await translationScript());
  await page.evaluate(
    async ([shown, marks]) => {
      const own = window as unknown as InWindow;
      own.now = own.translatePage(marks, 1);
      own.now.view(shown);
      await own.now.start();
    },
    [view, habit] as const,
  );
  await settled(page);
}

const restored = async (page: Page) => {
  await page.evaluate(() => (window as unknown as InWindow).now.restore());
  return page.evaluate(isAsBefore);
};

for (const [name, first, tag] of [
  ['each in one view', 'both', ['@phone-rare']],
  ['each in the other view', 'translation', ['@rare', '@phone-rare']],
] as const) {
  test(`translates the pages that others were reported to fail on, ${name}`, { tag: [...tag] }, async ({
    linnet,
    site,
  }) => {
    const absent = casesAbsent();
    test.skip(absent !== undefined, absent);
    const page = await linnet.open(site.page('/', '<p>Cases</p>'));
    const rows = await translateCases(page, first);
    expect(rows.filter(({ faults }) => faults.length > 0)).toEqual([]);
  });
}

const layouts = `<!doctype html><html lang="en"><title>Day</title><style>body{margin:8px;font:16px sans-serif}
.box{border:1px solid;width:260px;margin:4px 0}</style><main>
<div class="box" style="writing-mode:vertical-rl;height:120px;width:80px">She came home late and very tired.</div>
<div class="box" style="max-height:24px;overflow:hidden">Iris works as a musician in town.</div>
<div class="box" style="white-space:nowrap;overflow:hidden">She found a red chair under an old tree.</div>
<div class="box" style="display:-webkit-box;-webkit-line-clamp:1;-webkit-box-orient:vertical;overflow:hidden">Max is a doctor in a small town by the sea.</div>
<div class="box" style="display:flex;width:420px"><a href="#">Read more</a> Some text of a row<b>24</b></div>
<div class="box" style="display:grid;grid-template-columns:1fr 1fr;width:420px">Text of a cell<b>Other cell here</b></div>
<table><tr><td style="width:90px;border:1px solid">Max met Iris here</td><td style="border:1px solid">Second cell here</td></tr></table>
<nav><ul style="margin:0;padding:0"><li style="display:inline"><a href="#">Home page</a></li> <li style="display:inline"><a href="#">About us</a></li></ul></nav>
<p><a href="#1">One day</a> › <a href="#2">Two days</a></p>
<font>Old part one<br><br><i>old part two</i></font></main>`;

/** Words of the translation that are in the page but not seen. */
function unseen(): string[] {
  const walker = document.createTreeWalker(document.querySelector('main')!, NodeFilter.SHOW_TEXT);
  const found: string[] = [];
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    for (const { 0: word, index } of node.nodeValue!.matchAll(/ü\S+/g)) {
      const range = document.createRange();
      range.setStart(node, index);
      range.setEnd(node, index + word.length);
      const { left, right, top, bottom } = range.getBoundingClientRect();
      const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
      if (hit === null || !hit.contains(node)) found.push(word);
    }
  }
  return found;
}

for (const view of ['both', 'translation'] as const)
  test(`each layout shows the whole translation: ${view}`, async ({ linnet, site }) => {
    const page = await linnet.open(site.page('/', layouts));
    await page.setViewportSize({ width: 900, height: 1400 });
    await translate(page, view);
    expect(await page.evaluate(unseen)).toEqual([]);
    const words = await page.evaluate(
      () => document.querySelector('main')!.innerText.match(/\p{L}+/gu) ?? [],
    );
    const other = words.filter((word) => word.startsWith('ü'));
    expect(other.length, words.join(' ')).toBe(view === 'both' ? words.length / 2 : words.length);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(900);
    expect(await restored(page)).toBe(true);
  });

test('says what is left out: a frame, a part that asks not to be translated', async ({ linnet, site }) => {
  const html = `<!doctype html><html lang="en"><title>Day</title><main><p>Iris works as a musician.</p>
<div class="notranslate">Leave these words alone</div><iframe sandbox width="300" height="150" srcdoc="<p>Another page"></iframe>
<p>Press <span translate="no">Save As</span> now.</p></main>`;
  const page = await linnet.open(site.page('/', html));
  await translate(page, 'translation', 'loses');
  const said = await page.evaluate(() => (window as unknown as InWindow).now.state());
  expect([said.done, said.total, said.left]).toEqual([2, 2, ['frames 1', 'protected 1']]);
  expect(await page.evaluate(() => document.querySelector('span')!.innerText)).toBe('Save As');
  expect(await restored(page)).toBe(true);
});

test('translates frames of the same origin, in frames and components, and those that are loaded later', async ({
  linnet,
  site,
}) => {
  const letter = 'She came home late and very tired, and the wind had blown all day long.';
  const inner = `<p>${letter}</p><iframe width='260' height='120' srcdoc='<p>Old wooden boats'></iframe>`;
  const html = `<!doctype html><html lang="en"><title>Mail</title><main><p>Iris works as a musician in a small town.</p></main>
<aside><iframe width="400" height="300" srcdoc="${inner}"></iframe></aside><div id="host"></div><iframe width="60" height="30" srcdoc="<p>A counter"></iframe>
<script>host.attachShadow({ mode: 'open' }).innerHTML = '<iframe width="300" height="150" srcdoc="<p>${letter}"></iframe>';</script>`;
  const page = await linnet.open(site.page('/', html));
  await translate(page, 'translation');
  const shown = () =>
    page.evaluate(() => {
      const textsOf = (root: Document | ShadowRoot): string[] =>
        [...root.querySelectorAll('*')].flatMap((element) => {
          const doc = (element as Partial<HTMLIFrameElement>).contentDocument;
          const text = doc ? [doc.querySelector('p')?.innerText ?? ''] : [];
          return [
            ...text,
            ...(doc ? textsOf(doc) : []),
            ...(element.shadowRoot ? textsOf(element.shadowRoot) : []),
          ];
        });
      return textsOf(document);
    });
  const other = letter.replace(/\p{L}+/gu, 'ü$&');
  await expect.poll(shown).toEqual([other, 'üOld üwooden üboats', other, 'A counter']);
  await page.evaluate(() => {
    document.querySelector('iframe')!.srcdoc =
      '<p>Another letter has come in the meantime, and it is longer than that.';
  });
  await expect.poll(async () => (await shown())[0]).toContain('üAnother ületter');
  await page.evaluate(() => (window as unknown as InWindow).now.restore());
  expect((await shown()).join(' ')).not.toContain('ü');
});
