/**
 * Extracts the readable text of a web page. A picture of what is seen of it (app/page/picture) is read by Readability,
 * and by the second reader (fallback-extractor.ts); choose-reading.ts says which of the two is taken. Documents that are
 * no web pages (text, JSON, XML, feeds, SVG) are read by plain-documents.ts.
 */
import { Readability } from '@mozilla/readability';
import { AppError } from '../../protocol/errors.ts';
import type { PageText } from '../../protocol/types.ts';
import { isRtlLanguage } from '../../text/characters/direction.ts';
import { withoutInvisible } from '../../text/characters/invisible.ts';
import { readBlocks } from '../dom/block-text.ts';
import { bodyOf, cloneNode, documentElementOf, getAttribute, selectAll, titleOf } from '../dom/pristine.ts';
import { finish, inSlices, type Sliced } from '../dom/slices.ts';
import { MOST_CHARACTERS, type Picture, takePicture } from '../picture/picture.ts';
import { beginningOf } from '../picture/short-text.ts';
import { type Article, isComplete, lettersIn } from './choose-reading.ts';
import { withoutContentsList } from './contents-list.ts';
import { extractFallback } from './fallback-extractor.ts';
import { readPlain } from './plain-documents.ts';
import type { ReadOptions } from './reader.ts';
import { refusePdf } from './refuse-pdf.ts';
import { declaredLanguage } from './selected.ts';

/** Pages with fewer letters say nothing that could be asked about. */
const MIN_LETTERS = 20;
/** A selection is taken instead of a page that has fewer. */
const LITTLE = 80;
/** Elements; Readability goes through an article of so many some dozen times without a pause, in less than a second. */
const MOST_FOR_READABILITY = 20_000;
/** More headings than these are no headings. */
const MOST_HEADINGS = 20_000;
/** Characters of a title; some pages put a whole article there. */
const TITLE = 500;

/**
 * Reads a page in slices. Throws `page-pdf` for PDF files, `page-painted` and `page-framed` if the text is where no
 * script reads it, `page-empty` if there is hardly any.
 */
export async function readPage(
  doc: Document,
  url: string,
  { selection = '', asOriginal }: ReadOptions = {},
): Promise<PageText> {
  const taken = asOriginal?.(() => finish(takePicture(doc)));
  return inSlices(extract(doc, url, { selection, taken }));
}

export function* extract(
  doc: Document,
  url: string,
  { selection = '', taken }: { readonly selection?: string; readonly taken?: Picture | undefined } = {},
): Sliced<PageText> {
  refusePdf(doc);
  const facts = { url, title: pageTitle(doc), lang: languageOf(doc), dir: directionOf(doc) };
  const plain = readPlain(doc, MOST_CHARACTERS);
  if (plain !== undefined) {
    const { text, headings, cut } = plain;
    const letters = lettersIn(text);
    if (letters < MIN_LETTERS) throw pageEmpty(letters);
    return {
      ...facts,
      title: facts.title || fileName(url),
      text,
      headings,
      source: 'body',
      ...(cut && { cut }),
    };
  }
  const picture = taken ?? (yield* takePicture(doc));
  withoutContentsList(picture.doc);
  const fallback = yield* extractFallback(picture.doc);
  const article = readArticle(picture);
  yield;
  const cut = picture.cut ? { cut: true as const } : {};
  if (article !== undefined && isComplete(article, fallback)) {
    const { title, text, headings } = article;
    return { ...facts, title: title || facts.title, text, headings, source: 'readability', ...cut };
  }
  const letters = lettersIn(fallback.text);
  const chosen = withoutInvisible(selection);
  if (letters < LITTLE && chosen !== '') return { ...facts, text: chosen, source: 'selection' };
  if (letters < MIN_LETTERS) throw emptiness(picture, letters);
  const { text, source } = fallback;
  const headings = fallback.headings.slice(0, MOST_HEADINGS);
  return { ...facts, text, headings, source, ...cut };
}

function emptiness({ canvases, foreignFrames }: Picture, got: number): AppError {
  const expected = `at least ${MIN_LETTERS} letters`;
  if (canvases > 0)
    return new AppError('page-painted', { who: 'page', message: 'a script paints this page', expected, got });
  if (foreignFrames > 0)
    return new AppError('page-framed', {
      who: 'page',
      message: 'the text is in a frame of another site',
      expected,
      got,
    });
  return pageEmpty(got);
}

const pageEmpty = (got: number): AppError =>
  new AppError('page-empty', {
    who: 'page',
    message: 'there is hardly any text on this page',
    expected: `at least ${MIN_LETTERS} letters`,
    got,
  });

function readArticle({ doc }: Picture): Article | undefined {
  if (selectAll(doc, '*').length > MOST_FOR_READABILITY) return undefined;
  try {
    // It changes what it reads.
    const copy = cloneNode(doc, true) as Document;
    const found = new Readability<Node>(copy, { serializer: (node) => node }).parse();
    if (found?.content == null) return undefined;
    return { title: (found.title ?? '').trim(), ...readBlocks(found.content) };
  } catch {
    // Readability fails without a head or body; the second reader needs neither.
    return undefined;
  }
}

function pageTitle(doc: Document): string {
  const og = selectAll(doc, 'meta[property="og:title"]')[0];
  const heading = selectAll(doc, 'h1')[0];
  const title =
    titleOf(doc) ||
    (og && getAttribute(og, 'content')) ||
    (heading && beginningOf(heading, TITLE, TITLE)) ||
    '';
  return withoutInvisible(title.slice(0, TITLE)).replace(/\s+/g, ' ').trim();
}

/** The last part of an address, as the title of a file. */
function fileName(url: string): string {
  const name =
    url
      .replace(/[?#].*$/s, '')
      .split('/')
      .at(-1) ?? '';
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function languageOf(doc: Document): string | undefined {
  const root: Element | null = documentElementOf(doc);
  return root === null ? undefined : declaredLanguage(root);
}

function directionOf(doc: Document): 'ltr' | 'rtl' {
  const body: Element | null = bodyOf(doc);
  const root: Element | null = documentElementOf(doc);
  const declared = (root && getAttribute(root, 'dir')) ?? (body && getAttribute(body, 'dir'));
  if (declared === 'rtl' || declared === 'ltr') return declared;
  return isRtlLanguage(languageOf(doc)) ? 'rtl' : 'ltr';
}
