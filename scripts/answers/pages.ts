/**
 * The pages that answers are measured on: ../shared/assets/pages/readability, read as the extension reads them, each
 * with the description that its publisher gave.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { parseHTML } from 'linkedom';
import { finish } from '../../app/page/dom/slices.ts';
import { extract } from '../../app/page/read/extract.ts';
import type { PageText } from '../../app/protocol/types.ts';
import { wordsOf } from '../testing/word-score.ts';

/** `name` is the folder's name. */
export interface MeasuredPage {
  readonly name: string;
  readonly page: PageText;
  /** What the publisher says of the page in its metadata; absent where the page's text says the same. */
  readonly description?: string;
}

const DESCRIPTIONS = ['description', 'og:description', 'twitter:description'];
/** Words; a shorter description is a slogan. */
const LEAST = 8;
/** A description is a copy if the page begins with most of its runs of so many words. */
const RUN = 5;
const MOSTLY = 0.5;
/** Words of a page's beginning. */
const BEGINNING = 150;

/** Pages that have a description first, then by name. Pages without text are left out. `names`: all where absent. */
export function readPages(folder: string, names?: readonly string[]): MeasuredPage[] {
  const pages = readdirSync(folder)
    .filter((name) => names?.includes(name) !== false)
    .sort()
    .flatMap((name) => {
      const read = readPage(name, readFileSync(`${folder}/${name}/source.html`, 'utf8'));
      return read === undefined ? [] : [read];
    });
  const described = ({ description }: MeasuredPage) => (description === undefined ? 1 : 0);
  return pages.sort((one, other) => described(one) - described(other));
}

/** Undefined if the page has hardly any text. */
export function readPage(name: string, html: string): MeasuredPage | undefined {
  const document = parseHTML(html).document as unknown as Document;
  try {
    const page = finish(extract(document, `https://example.org/${name}`));
    const description = descriptionOf(document);
    return isOwnWords(description, page.text) ? { name, page, description } : { name, page };
  } catch {
    return undefined;
  }
}

function descriptionOf(document: Document): string {
  for (const name of DESCRIPTIONS) {
    const element = document.querySelector(`meta[name="${name}" i], meta[property="${name}" i]`);
    const text = element?.getAttribute('content')?.replace(/\s+/g, ' ').trim();
    if (text !== undefined && text !== '') return text;
  }
  return '';
}

/** Whether the description is long enough, and no copy of the page's beginning. */
export function isOwnWords(description: string, text: string): boolean {
  const words = wordsOf(description);
  if (words.length < LEAST) return false;
  const beginning = ` ${wordsOf(text).slice(0, BEGINNING).join(' ')} `;
  const runs = words.slice(RUN - 1).map((_, at) => words.slice(at, at + RUN).join(' '));
  return runs.filter((run) => beginning.includes(` ${run} `)).length <= runs.length * MOSTLY;
}
