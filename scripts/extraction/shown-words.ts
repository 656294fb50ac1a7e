/**
 * `npm run -s extraction -- --shown`: are the words read that a person sees? Each page is rendered by Chromium; the words of
 * its main column are found by the browser's layout (shown-in-page.ts) and compared with what the built reader reads.
 *
 * The main column of an article of ../shared/assets/pages is the rectangle around the long blocks that people marked in it
 * (Mozilla's expected texts); in it, what people marked counts. A page of ../shared/cases/pages is all main column, but for
 * navigation, the page's edges, and what its case names. What a click opens is opened, as a reader reads it too. Formulas
 * are read by their source, and numbers of lines, marks of references, their list and "[edit]" are left out on purpose:
 * none of them is counted.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { parseHTML } from 'linkedom';
import type { Page } from 'playwright/test';
import { at } from '../setup/machine.mjs';
import { assets } from '../testing/assets.ts';
import { readOpen } from '../testing/read-cases.ts';
import { readingCases } from '../testing/reading-cases.ts';
import { type WordScore, wordScore, wordsOf } from '../testing/word-score.ts';
import { type ShownBlock, shownBlocks } from './shown-in-page.ts';

export interface ShownRow {
  readonly page: string;
  readonly words: number;
  readonly score: WordScore;
}

/** Of the means over each of the two collections. */
export const LEAST = { recall: 0.98, precision: 0.95 };
/** In words. In shorter texts a single word changes the score too much. */
const SHORT = 50;
/** Words of a block by which the column is found. */
const LONG = 15;
const APPARATUS =
  '.ln, .linenos, [data-line-number], math, .MathJax, .MathJax_Display, mjx-container, .katex, .mwe-math-element, svg, sup.reference, ol.references, .reflist, .mw-editsection';
const ADDRESS = 'https://example.org/';

/** The articles, without scripts and without the network. */
export async function scoreArticles(page: Page): Promise<ShownRow[]> {
  const folder = assets('pages/readability');
  if (folder === undefined) return [];
  let html = '';
  await page.route('**/*', (route) =>
    route.request().url() === ADDRESS
      ? route.fulfill({
          body: html,
          contentType: 'text/html; charset=utf-8',
          headers: { 'content-security-policy': "script-src 'none'; frame-src 'none'" },
        })
      : route.abort(),
  );
  const rows: ShownRow[] = [];
  for (const name of readdirSync(folder)) {
    html = readFileSync(`${folder}/${name}/source.html`, 'utf8');
    await page.goto(ADDRESS);
    const marked = parseHTML(
      `<html><body>${readFileSync(`${folder}/${name}/expected.html`, 'utf8')}</body></html>`,
    ).document.body.textContent!;
    const row = await scoreOpen(page, name, (blocks) => markedColumn(blocks, marked));
    if (row.words >= SHORT) rows.push(row);
  }
  await page.unroute('**/*');
  return rows;
}

/** The pages of the cases from which text is read. */
export async function scoreCases(page: Page): Promise<ShownRow[]> {
  const rows: ShownRow[] = [];
  for (const { file, refused, beside, closed } of readingCases) {
    if (refused !== undefined || !file.endsWith('.html')) continue;
    await page.goto(pathToFileURL(at(`../shared/cases/pages/${file}`)).href);
    const column = (blocks: readonly ShownBlock[]) => blocks.filter((block) => !block.beside);
    rows.push(await scoreOpen(page, file, column, beside, closed));
  }
  return rows;
}

async function scoreOpen(
  page: Page,
  name: string,
  columnOf: (blocks: readonly ShownBlock[]) => readonly ShownBlock[],
  beside = 'script',
  closed = 'script',
): Promise<ShownRow> {
  const read = await readOpen(page);
  const [title, text] = [apart(read.title ?? ''), apart(read.text)];
  await page.evaluate(opened, closed);
  const blocks = await page.evaluate(shownBlocks, `${APPARATUS}, ${beside}`);
  const words = columnOf(blocks).flatMap((block) => block.words);
  const shown = apart(words.join(' '));
  // A reader gives the title apart from the text.
  const { recall } = wordScore(`${title} ${text}`, shown);
  const { precision } = wordScore(text, shown);
  return {
    page: name,
    words: wordsOf(shown).length,
    score: { recall, precision, f1: (2 * recall * precision) / Math.max(recall + precision, 1e-9) },
  };
}

/** Opens what a click opens, and takes away what a person closes. */
function opened(closed: string): void {
  for (const details of document.querySelectorAll('details')) details.open = true;
  for (const element of document.querySelectorAll(closed)) element.remove();
}

/** Scripts without spaces are compared by the character: where a word ends, a layout does not say. */
const apart = (text: string): string =>
  text.replace(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu, ' $& ');

const letters = (words: readonly string[]): string => words.join('').toLowerCase();

function markedColumn(blocks: readonly ShownBlock[], marked: string): ShownBlock[] {
  const text = letters(wordsOf(marked));
  const found = blocks.filter(({ all }) => text.includes(letters(wordsOf(all.join(' ')))));
  const long = found.filter(({ words }) => words.length >= LONG);
  const of = (pick: (block: ShownBlock) => number) => long.map(pick);
  const [left, right] = [Math.min(...of(({ left }) => left)), Math.max(...of(({ right }) => right))];
  const [top, bottom] = [Math.min(...of(({ top }) => top)), Math.max(...of(({ bottom }) => bottom))];
  return found.filter(
    (block) => block.left < right && block.right > left && block.top >= top - 1 && block.bottom <= bottom + 1,
  );
}

export function meanOf(rows: readonly ShownRow[]): WordScore {
  const of = (key: keyof WordScore) =>
    rows.reduce((sum, { score }) => sum + score[key], 0) / Math.max(1, rows.length);
  return { recall: of('recall'), precision: of('precision'), f1: of('f1') };
}

/** Whether both figures of a collection are as good as they have to be. */
export const isEnough = ({ recall, precision }: WordScore): boolean =>
  recall >= LEAST.recall && precision >= LEAST.precision;
