/**
 * `npm run -s extraction`: measures how well the text of real pages is extracted. The pages are in ../shared/assets/pages,
 * each with the article that Mozilla's tests expect of it; words are compared (testing/word-score.ts).
 *
 *     npm run -s extraction            the means, and the pages that fall short
 *     npm run -s extraction -- --all   every page
 *     npm run -s extraction -- --cases  pages that others were reported to fail on, in Chromium (case-table.ts)
 *     npm run -s extraction -- --shown  the words that Chromium shows, compared with those that are read (shown-words.ts)
 *
 * The last two need a build (`npm run build`), and exit with 1 if something is not as it has to be.
 *
 * Two readers are scored: the one of Linnet, and the one that it uses where Readability finds nothing (`second`).
 * The expected texts are articles, so `second`, which reads more, has less precision.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { parseHTML } from 'linkedom';
import { blockText } from '../../app/page/dom/block-text.ts';
import { extract } from '../../app/page/read/extract.ts';
import { extractFallback } from '../../app/page/read/fallback-extractor.ts';
import { finish } from '../../app/page/dom/slices.ts';
import { takePicture } from '../../app/page/picture/picture.ts';
import { printCases } from './case-table.ts';
import { printShown } from './shown-table.ts';
import { assets } from '../testing/assets.ts';
import { type WordScore, wordScore, wordsOf } from '../testing/word-score.ts';

interface Row {
  readonly page: string;
  readonly source: string;
  readonly linnet: WordScore;
  readonly second: WordScore;
}

/** In words. In shorter articles a single word changes the score too much. */
const LEAST = 50;
const FALLS_SHORT = 0.9;

const documentOf = (html: string) => parseHTML(html).document as unknown as Document;

/** What a reader reads of it: without marks of references, formulas as their source. */
const textOf = (doc: Document): string => blockText(finish(takePicture(doc)).doc.body);

function scorePage(folder: string, page: string): Row | undefined {
  const expected = documentOf(
    `<html><body>${readFileSync(`${folder}/${page}/expected.html`, 'utf8')}</body></html>`,
  );
  const wanted = textOf(expected);
  if (wordsOf(wanted).length < LEAST) return undefined;
  const html = readFileSync(`${folder}/${page}/source.html`, 'utf8');
  const { text, source } = finish(extract(documentOf(html), 'https://example.org/'));
  return {
    page,
    source,
    linnet: wordScore(text, wanted),
    second: wordScore(finish(extractFallback(finish(takePicture(documentOf(html))).doc)).text, wanted),
  };
}

const percent = (part: number) => `${(100 * part).toFixed(1)}`.padStart(6);
const scores = ({ recall, precision, f1 }: WordScore) => [recall, precision, f1].map(percent).join(' ');
const line = (name: string, source: string, linnet: WordScore, second: WordScore) =>
  `${name.padEnd(32)} ${source.padEnd(12)} ${scores(linnet)}   ${scores(second)}`;

function mean(rows: readonly Row[], reader: 'linnet' | 'second'): WordScore {
  const of = (key: keyof WordScore) => rows.reduce((sum, row) => sum + row[reader][key], 0) / rows.length;
  return { recall: of('recall'), precision: of('precision'), f1: of('f1') };
}

function printPages(): void {
  const folder = assets('pages/readability');
  if (folder === undefined) {
    console.log('skipped: ../shared/assets/pages/readability is absent');
    return;
  }
  const pages = readdirSync(folder);
  const rows = pages.map((page) => scorePage(folder, page)).filter((row) => row !== undefined);
  console.log(`${''.padEnd(45)} ${'Linnet'.padEnd(22)} second reader`);
  console.log(`${'page'.padEnd(32)} ${'read by'.padEnd(12)} recall  prec.     F1   recall  prec.     F1`);
  const shown = rows.filter(({ linnet }) => process.argv.includes('--all') || linnet.f1 < FALLS_SHORT);
  for (const { page, source, linnet, second } of shown) console.log(line(page, source, linnet, second));
  console.log(line(`mean of ${rows.length} pages`, '', mean(rows, 'linnet'), mean(rows, 'second')));
  console.log(`${pages.length - rows.length} pages have fewer than ${LEAST} words and are left out`);
}

if (process.argv.includes('--cases')) await printCases();
else if (process.argv.includes('--shown')) await printShown(process.argv.includes('--all'));
else printPages();
