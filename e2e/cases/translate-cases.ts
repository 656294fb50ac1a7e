/** Translates the pages of ../shared/cases/pages in a browser, in both views, and compares them with what is wanted. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright/test';
import { bundle } from '../harness/bundle.ts';
import { CASES_ORIGIN, serveCases } from './serve-cases.ts';
import type { TranslatedPage, MarkHabit } from './translate-in-page.ts';
import { type CaseView, type TranslationCase, translationCases } from './translation-cases.ts';

export interface TranslatedCase {
  readonly file: string;
  readonly view: CaseView;
  /** Empty if all is right. */
  readonly faults: readonly string[];
}

let bundled: Promise<string> | undefined;

/** The translation of pages as one script without a model; see translate-in-page.ts. Made once for all stories of a worker. */
export function translationScript(): Promise<string> {
  bundled ??= bundleTranslation();
  return bundled;
}

async function bundleTranslation(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'translate-'));
  await bundle('e2e/cases/translate-in-page.ts', folder, 'translate.js', 'iife');
  return readFileSync(join(folder, 'translate.js'), 'utf8');
}

/** The script of the page that a check calls. */
type InWindow = Window & {
  translatePage(habit: MarkHabit, pause: number): TranslatedPage;
  now: TranslatedPage;
};

/** Translates each page once; `first`: the view of the first page, the next has the other one, and so on. */
export async function translateCases(page: Page, first: CaseView): Promise<TranslatedCase[]> {
  const script = await translationScript();
  await serveCases(page);
  const rows: TranslatedCase[] = [];
  let view = first;
  for (const one of translationCases) {
    rows.push({ file: one.file, view, faults: await faultsOf(page, one, view, script) });
    view = view === 'both' ? 'translation' : 'both';
  }
  return rows;
}

async function faultsOf(
  page: Page,
  { file, pause = 5, wait, insist, moves, check }: TranslationCase,
  view: CaseView,
  script: string,
): Promise<string[]> {
  await page.goto(`${CASES_ORIGIN}/${file}`);
  await page.evaluate(remember);
  await page.evaluate(script);
  await page.evaluate(
    async ({ ms, shown }) => {
      const own = window as unknown as InWindow;
      own.now = own.translatePage('keeps', ms);
      own.now.view(shown);
      await own.now.start();
    },
    { ms: pause, shown: view },
  );
  const faults: string[] = [];
  if (insist === true) {
    const asks = await page.evaluate(() => (window as unknown as InWindow).now.state().asksNot);
    if (!asks) faults.push('translated without asking');
    await page.evaluate(() => (window as unknown as InWindow).now.insist());
  }
  if (wait === undefined) await settled(page);
  else await page.waitForTimeout(wait);
  faults.push(...(await page.evaluate(check, view)));
  await page.evaluate(() => (window as unknown as InWindow).now.restore());
  if (moves !== true && !(await page.evaluate(isAsBefore))) faults.push('the way back gives another page');
  return faults;
}

/** Longer than the translation waits for a page to be quiet after a change; see app/page/translate/mutations.ts. */
const QUIET_MS = 400;

/** Waits until nothing has been asked for a while. In the page, since each look from outside costs as much as the wait. */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(async (quiet) => {
    const { now } = window as unknown as InWindow;
    const end = performance.now() + 12_000;
    let before = -1;
    let since = performance.now();
    while (performance.now() < end && performance.now() - since < quiet) {
      await new Promise((resolve) => setTimeout(resolve, 25));
      const asked = now.asked.length;
      if (now.state().running || asked !== before) since = performance.now();
      before = asked;
    }
  }, QUIET_MS);
}

/** Keeps every node of the page, to compare with {@link isAsBefore}. */
export function remember(): void {
  const all = (node: Node): Node[] => {
    const framed = (node as Partial<HTMLIFrameElement>).contentDocument?.documentElement;
    return [node, ...[...node.childNodes].flatMap(all), ...(framed ? all(framed) : [])];
  };
  const root = document.documentElement;
  const frames = [...document.querySelectorAll('iframe')].map(
    ({ contentDocument }) => contentDocument?.documentElement.outerHTML,
  );
  Object.assign(window, { before: { nodes: all(root), html: [root.outerHTML, ...frames].join() } });
}

export function isAsBefore(): boolean {
  const all = (node: Node): Node[] => {
    const framed = (node as Partial<HTMLIFrameElement>).contentDocument?.documentElement;
    return [node, ...[...node.childNodes].flatMap(all), ...(framed ? all(framed) : [])];
  };
  const { before } = window as unknown as { readonly before: { nodes: Node[]; html: string } };
  const now = all(document.documentElement);
  const same = now.length === before.nodes.length && now.every((node, i) => node === before.nodes[i]);
  const frames = [...document.querySelectorAll('iframe')].map(
    ({ contentDocument }) => contentDocument?.documentElement.outerHTML,
  );
  return same && [document.documentElement.outerHTML, ...frames].join() === before.html;
}
