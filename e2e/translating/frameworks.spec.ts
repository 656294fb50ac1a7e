/**
 * Pages that frameworks render, translated in both views: they render again, turn lists around and take parts away while
 * they are translated. Nothing breaks, every inline element keeps its listener, and the way back gives what the framework
 * has made. The translator needs no model: it puts a sign before each word and keeps, loses or turns around the marks.
 */
import { compile } from 'svelte/compiler';
import { build, type Plugin } from 'vite';
import type { TranslatedPage, MarkHabit } from '../cases/translate-in-page.ts';
import { settled, translationScript } from '../cases/translate-cases.ts';
import { at } from '../../scripts/setup/machine.mjs';
import { expect, type Page, test } from '../harness/index.ts';

interface Mounted {
  step(): void;
  unmount(): void;
}
type InWindow = Window & {
  readonly framework: { mount(root: Element): Mounted };
  app: Mounted;
  now: TranslatedPage;
  hits?: Record<string, number>;
  failures: string[];
  translatePage(habit: MarkHabit, pause: number): TranslatedPage;
};

const svelte: Plugin = {
  name: 'svelte',
  transform(code, id) {
    if (!id.endsWith('.svelte')) return null;
    return { code: compile(code, { filename: id, generate: 'client' }).js.code, map: null };
  },
};

async function pageOf(framework: string): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    plugins: [svelte],
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      write: false,
      lib: { entry: at(`e2e/translating/frameworks/${framework}.mjs`), name: 'framework', formats: ['iife'] },
    },
  });
  const [{ output }] = built as unknown as [{ readonly output: readonly [{ readonly code: string }] }];
  return output[0].code;
}

/** What is wrong with the page as it is shown now. */
function faults(view: 'both' | 'translation'): string[] {
  const found: string[] = [];
  const { hits = {}, failures } = window as unknown as InWindow;
  found.push(...failures);
  const root = document.querySelector<HTMLElement>('#root')!;
  const words = root.innerText.match(/\p{L}[\p{L}’']*/gu) ?? [];
  const plain = words.filter((word) => !word.startsWith('ü'));
  const other = words.filter((word) => word.startsWith('ü'));
  if (view === 'translation' && plain.length > 0) found.push(`not translated: ${plain.join(' ')}`);
  if (view === 'both' && other.length !== plain.length)
    found.push(`${plain.length} words, ${other.length} translated`);
  if (words.length === 0) found.push('the page is blank');
  const isSeen = (element: HTMLElement) => element.getClientRects().length > 0;
  const elements = [...root.querySelectorAll<HTMLElement>('[data-name]')].filter(isSeen);
  const names = new Set(
    [...root.querySelectorAll<HTMLElement>('[data-name]')].map((element) => element.dataset.name!),
  );
  for (const name of names) {
    const element = elements.findLast(({ dataset }) => dataset.name === name);
    const before = hits[name] ?? 0;
    element?.click();
    const { hits: after = {} } = window as unknown as InWindow;
    if ((after[name] ?? 0) !== before + 1)
      found.push(`a press of ${name} counts ${(after[name] ?? 0) - before} times`);
  }
  return found;
}

async function tryView(page: Page, view: 'both' | 'translation', habit: MarkHabit): Promise<void> {
  const at = `${view}, marks: ${habit}`;
  await page.evaluate(
    async ([shown, marks]) => {
      const own = window as unknown as InWindow;
      own.failures = [];
      own.addEventListener('error', ({ message }) => own.failures.push(message));
      const root = Object.assign(document.createElement('div'), { id: 'root' });
      document.querySelector('#root')!.replaceWith(root);
      own.app = own.framework.mount(root);
      own.now = own.translatePage(marks, 1);
      own.now.view(shown);
      await own.now.start();
    },
    [view, habit] as const,
  );
  for (let step = 0; step <= 5; step++) {
    if (step > 0) await page.evaluate(() => (window as unknown as InWindow).app.step());
    await settled(page);
    expect(await page.evaluate(faults, view), `${at}, step ${step}`).toEqual([]);
  }
  const texts = await page.evaluate(async () => {
    const { now, app, failures } = window as unknown as InWindow;
    const root = document.querySelector<HTMLElement>('#root')!;
    now.restore();
    const restored = root.innerText;
    const left = root.querySelectorAll('linnet-translation, [style], [lang], [dir]').length;
    app.unmount();
    return { restored, left, after: root.innerText.trim(), failures };
  });
  expect(texts.restored, at).not.toContain('ü');
  expect(texts.restored, at).toContain('A day in Northend');
  expect({ ...texts, restored: '' }, at).toEqual({ restored: '', left: 0, after: '', failures: [] });
}

/** The framework of every run: it owns all nodes of its page. Others find their places by comments, or keep markup of their own. */
const ALWAYS = 'react';

for (const framework of ['react', 'vue', 'svelte', 'lit', 'angular']) {
  const tag = framework === ALWAYS ? [] : ['@rare'];
  test(`a page of ${framework} stays alive in both views`, { tag }, async ({ linnet, site }) => {
    const page = await linnet.open(
      site.page('/', '<!doctype html><html lang="en"><title>Day</title><div id="root"></div>'),
    );
    await page.evaluate(`${await pageOf(framework)};globalThis.framework = framework;`);
    await page.evaluate(await translationScript());
    await tryView(page, 'both', 'keeps');
    for (const habit of ['keeps', 'loses', 'turns'] as const) await tryView(page, 'translation', habit);
  });
}
