/** Reads the pages of ../shared/cases/pages in a browser, with the built reader, and compares them with what is wanted. */
import { existsSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright/test';
import { at } from '../setup/machine.mjs';
import { faultsOf, type ReadingCase, readingCases } from './reading-cases.ts';

export interface ReadCase {
  readonly file: string;
  /** Which reader the text is from, or the code of the refusal. */
  readonly by: string;
  /** Empty if all is right. */
  readonly faults: readonly string[];
}

/** What a page's script gets from the reader. */
export interface ReadText {
  readonly title?: string;
  readonly text: string;
  readonly headings?: readonly number[];
  readonly source?: string;
  readonly cut?: true;
  /** Of the refusal, with an empty text. */
  readonly code?: string;
}

const READER = `${process.env.LINNET_EXTENSION ?? at('.output/chrome-mv3')}/reader.js`;
const FOLDER = at('../shared/cases/pages');

/** The reason why the cases cannot be read here; undefined if they can. */
export const casesAbsent = (): string | undefined =>
  existsSync(FOLDER) ? undefined : '../shared/cases/pages is absent';

/** Reads the page that is open, in its own world: there the reader needs no extension. */
export async function readOpen(page: Page): Promise<ReadText> {
  // Not by an element: pages may have taken the names that this needs.
  await page.evaluate(readFileSync(READER, 'utf8'));
  return page.evaluate(async () => {
    type Reader = (doc: Document, url: string) => Promise<ReadText>;
    const { linnetReader } = globalThis as unknown as { readonly linnetReader: Reader };
    try {
      return await linnetReader(document, location.href);
    } catch (error) {
      return { text: '', code: (error as { code?: string }).code ?? String(error) };
    }
  });
}

export async function readCases(
  page: Page,
  cases: readonly ReadingCase[] = readingCases,
): Promise<ReadCase[]> {
  const rows: ReadCase[] = [];
  for (const wanted of cases) {
    await page.goto(pathToFileURL(`${FOLDER}/${wanted.file}`).href);
    const read = await readOpen(page);
    rows.push({ file: wanted.file, by: read.source ?? read.code ?? '', faults: faultsOf(wanted, read) });
  }
  return rows;
}
