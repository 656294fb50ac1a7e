/**
 * Extracts the readable text of a web page: with Readability on a clone of the document (Readability modifies what it
 * reads) and, if that finds nothing or only one post of a thread, with fallback-extractor.ts.
 */
import { Readability } from '@mozilla/readability';
import { AppError } from '../../protocol/errors.ts';
import type { PageText } from '../../protocol/types.ts';
import { type BlockText, readBlocks } from '../dom/block-text.ts';
import { extractFallback, type ExtractedText } from './fallback-extractor.ts';

/** Pages with fewer letters have nothing to summarise: a cookie notice, an error page, a login form. */
const MIN_LETTERS = 80;
/** A character of these scripts counts as three letters. */
const DENSE_SCRIPTS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu;
/** Readability's article is rejected if it is shorter than this share of the fallback extractor's text. */
const MIN_ARTICLE_SHARE = 0.15;
/** Readability's article must contain this share of a thread's posts; with fewer it is a single post, or a few. */
const MIN_POSTS_SHARE = 0.5;

/**
 * Uses `selection` as the text if the page has too little. Throws `page-empty` if both are missing, `page-pdf` for PDF
 * files.
 */
export function extract(doc: Document, url: string, selection = ''): PageText {
  refusePdf(doc);
  const facts = {
    url,
    title: titleOf(doc),
    lang: languageOf(doc),
    dir: directionOf(doc),
  };
  const article = readArticle(doc);
  const fallback = extractFallback(doc);
  if (article !== undefined && isComplete(article, fallback)) {
    const { title, text, headings } = article;
    return { ...facts, title: title || facts.title, text, headings, source: 'readability' };
  }
  const letters = lettersIn(fallback.text);
  if (letters < MIN_LETTERS && selection !== '') return { ...facts, text: selection, source: 'selection' };
  if (letters < MIN_LETTERS) {
    throw new AppError('page-empty', {
      who: 'page',
      message: 'there is hardly any text on this page',
      expected: `at least ${MIN_LETTERS} letters`,
      got: letters,
    });
  }
  const { text, headings, source } = fallback;
  return { ...facts, text, headings, source };
}

/** Throws `page-pdf`: the browser displays PDF files in its own viewer, which extension scripts cannot read. */
export function refusePdf({ contentType }: Document): void {
  if (contentType === 'application/pdf')
    throw new AppError('page-pdf', { who: 'page', message: 'Linnet cannot read PDF files yet' });
}

interface Article extends BlockText {
  readonly title: string;
}

function isComplete({ text }: Article, { text: all, posts = [] }: ExtractedText): boolean {
  if (lettersIn(text) < MIN_LETTERS || text.length < all.length * MIN_ARTICLE_SHARE) return false;
  const ownLetters = lettersOf(text);
  const contained = posts.filter((post) => ownLetters.includes(lettersOf(longestLine(post)))).length;
  if (contained >= posts.length * MIN_POSTS_SHARE) return true;
  // An article with many comments below it is accepted, unless it is itself one of the posts.
  return !posts.some((post) => lettersOf(post).includes(lettersOf(longestLine(text))));
}

const lettersIn = (text: string): number => text.length + 2 * (text.match(DENSE_SCRIPTS)?.length ?? 0);

const lettersOf = (text: string): string => text.replace(/[^\p{L}\p{N}]+/gu, '');

const longestLine = (text: string): string =>
  text.split('\n').reduce((most, line) => (line.length > most.length ? line : most), '');

function readArticle(doc: Document): Article | undefined {
  try {
    const found = new Readability<Node>(doc.cloneNode(true) as Document, {
      serializer: (node) => node,
    }).parse();
    if (found?.content == null) return undefined;
    return { title: (found.title ?? '').trim(), ...readBlocks(found.content) };
  } catch {
    // Readability fails without a head or body; the fallback extractor needs neither.
    return undefined;
  }
}

function titleOf(doc: Document): string {
  const og = doc.querySelector('meta[property="og:title"]')?.getAttribute('content');
  return (doc.title || og || doc.querySelector('h1')?.textContent || '').replace(/\s+/g, ' ').trim();
}

function languageOf(doc: Document): string | undefined {
  const declared =
    doc.documentElement?.getAttribute('lang') ??
    doc.querySelector('meta[http-equiv="content-language" i]')?.getAttribute('content');
  return declared?.split(',')[0]?.trim() || undefined;
}

function directionOf(doc: Document): 'ltr' | 'rtl' {
  const declared = doc.documentElement?.getAttribute('dir') ?? doc.body?.getAttribute('dir');
  if (declared === 'rtl' || declared === 'ltr') return declared;
  return isRtlLanguage(languageOf(doc)) ? 'rtl' : 'ltr';
}

const RTL = new Set(['ar', 'arc', 'ckb', 'dv', 'fa', 'he', 'iw', 'ks', 'ps', 'sd', 'syr', 'ug', 'ur', 'yi']);

export function isRtlLanguage(tag: string | undefined): boolean {
  return tag !== undefined && RTL.has(tag.toLowerCase().split('-')[0]!);
}
