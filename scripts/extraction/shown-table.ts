/** Prints the table of shown words; see shown-words.ts. */
import { chromium } from 'playwright/test';
import { ensureChromium } from '../setup/chromium.mjs';
import { isRoot } from '../setup/machine.mjs';
import { isEnough, LEAST, meanOf, scoreArticles, scoreCases, type ShownRow } from './shown-words.ts';
import type { WordScore } from '../testing/word-score.ts';

const percent = (part: number) => `${(100 * part).toFixed(1)}`.padStart(6);
const line = (name: string, words: string, { recall, precision }: WordScore) =>
  `${name.padEnd(40)} ${words.padStart(6)}  ${percent(recall)} ${percent(precision)}`;

export async function printShown(all: boolean): Promise<void> {
  const browser = await chromium.launch({
    executablePath: await ensureChromium(),
    chromiumSandbox: !isRoot,
  });
  try {
    const page = await browser.newPage();
    const tables = [
      ['articles that people marked', await scoreArticles(page)],
      ['pages of the cases', await scoreCases(page)],
    ] as const;
    console.log(`${'page'.padEnd(40)}  words  recall  prec.`);
    for (const [name, rows] of tables) printTable(name, rows, all);
  } finally {
    await browser.close();
  }
}

function printTable(name: string, rows: readonly ShownRow[], all: boolean): void {
  if (rows.length === 0) {
    console.log(`skipped: no ${name}`);
    return;
  }
  for (const { page, words, score } of rows)
    if (all || !isEnough(score)) console.log(line(page, String(words), score));
  const mean = meanOf(rows);
  console.log(line(`mean of ${rows.length} ${name}`, '', mean));
  if (isEnough(mean)) return;
  console.log(`at least ${percent(LEAST.recall).trim()} and ${percent(LEAST.precision).trim()} are expected`);
  process.exitCode = 1;
}
