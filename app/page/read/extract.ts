/**
 * The readable text of a web page: by Readability on a clone of the document (it takes what it reads apart), and where
 * that finds nothing, or one post of a thread, by fallback-extractor.ts.
 */
import { Readability } from '@mozilla/readability';
import { AppError } from '../../protocol/errors.ts';
import type { PageText } from '../../protocol/types.ts';
import { type BlockText, readBlocks } from '../dom/block-text.ts';
import { readAgain, type ExtractedText } from './fallback-extractor.ts';

/** Letters below which there is nothing to summarise: a cookie notice, an error page, a login form. */
const LEAST = 80;
/** A character of these says as much as three letters. */
const DENSE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu;
/** Readability's article is doubted if it has less than this part of what the second reader finds. */
const TOO_SMALL_A_PART = 0.15;
/** Readability's article lacks more than this part of a thread's posts: then it is one post, or a few. */
const FEW_POSTS = 0.5;

/** `selection` stands in for the text of a page that has none to read. */
export function extract(doc: Document, url: string, selection = ''): PageText {
  refusePdf(doc);
  const facts = {
    url,
    title: titleOf(doc),
    lang: languageOf(doc),
    dir: directionOf(doc),
  };
  const article = readArticle(doc);
  const again = readAgain(doc);
  if (article !== undefined && isTheText(article, again)) {
    const { title, text, headings } = article;
    return { ...facts, title: title || facts.title, text, headings, source: 'readability' };
  }
  const letters = lettersIn(again.text);
  if (letters < LEAST && selection !== '') return { ...facts, text: selection, source: 'selection' };
  if (letters < LEAST) {
    throw new AppError('page-empty', {
      who: 'page',
      message: 'there is hardly any text on this page',
      expected: `at least ${LEAST} letters`,
      got: letters,
    });
  }
  const { text, headings, source } = again;
  return { ...facts, text, headings, source };
}

/** The browser shows a PDF file by a program of its own, into which no script of an extension sees. */
export function refusePdf({ contentType }: Document): void {
  if (contentType === 'application/pdf')
    throw new AppError('page-pdf', { who: 'page', message: 'Linnet cannot read PDF files yet' });
}

interface Article extends BlockText {
  readonly title: string;
}

function isTheText({ text }: Article, { text: all, posts = [] }: ExtractedText): boolean {
  if (lettersIn(text) < LEAST || text.length < all.length * TOO_SMALL_A_PART) return false;
  const said = lettersOf(text);
  const held = posts.filter((post) => said.includes(lettersOf(longestLine(post)))).length;
  if (held >= posts.length * FEW_POSTS) return true;
  // An article with many comments under it is not one of them.
  return !posts.some((post) => lettersOf(post).includes(lettersOf(longestLine(text))));
}

const lettersIn = (text: string): number => text.length + 2 * (text.match(DENSE)?.length ?? 0);

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
    // Some documents have no head or body; the second reader needs neither.
    return undefined;
  }
}

function titleOf(doc: Document): string {
  const og = doc.querySelector('meta[property="og:title"]')?.getAttribute('content');
  return (doc.title || og || doc.querySelector('h1')?.textContent || '').replace(/\s+/g, ' ').trim();
}

function languageOf(doc: Document): string | undefined {
  const said =
    doc.documentElement?.getAttribute('lang') ??
    doc.querySelector('meta[http-equiv="content-language" i]')?.getAttribute('content');
  return said?.split(',')[0]?.trim() || undefined;
}

function directionOf(doc: Document): 'ltr' | 'rtl' {
  const said = doc.documentElement?.getAttribute('dir') ?? doc.body?.getAttribute('dir');
  if (said === 'rtl' || said === 'ltr') return said;
  return isRtlLanguage(languageOf(doc)) ? 'rtl' : 'ltr';
}

const RTL = new Set(['ar', 'arc', 'ckb', 'dv', 'fa', 'he', 'iw', 'ks', 'ps', 'sd', 'syr', 'ug', 'ur', 'yi']);

export function isRtlLanguage(tag: string | undefined): boolean {
  return tag !== undefined && RTL.has(tag.toLowerCase().split('-')[0]!);
}
