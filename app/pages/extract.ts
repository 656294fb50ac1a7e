/**
 * The readable text of a web page: by Readability on a clone of the document (it takes what it reads apart), and
 * where that finds nothing, the page's main part, else all its visible text.
 */
import { Readability } from '@mozilla/readability';
import { fail } from '../../engine/index.ts';
import type { PageText } from '../protocol/types.ts';
import { blockText } from './block-text.ts';

/** Characters below which there is nothing to summarise: a cookie notice, an error page, a login form. */
const LEAST = 80;
/** Readability's article is doubted if it has less than this part of the main text. */
const TOO_SMALL_A_PART = 0.15;
const MAIN = 'main, [role="main"], article, #content, #main';

/** `selection` stands in for the text of a page that has none to read. */
export function extract(doc: Document, url: string, selection = ''): PageText {
  if (doc.contentType === 'application/pdf') {
    fail('page-restricted', { who: 'page', message: 'Linnet cannot read PDF files yet' });
  }
  const facts = {
    url,
    title: titleOf(doc),
    lang: languageOf(doc),
    dir: directionOf(doc),
  };
  const article = readArticle(doc);
  const main = mainText(doc);
  if (article !== undefined && article.text.length >= Math.max(LEAST, main.text.length * TOO_SMALL_A_PART)) {
    return { ...facts, title: article.title || facts.title, text: article.text, source: 'readability' };
  }
  if (main.text.length < LEAST && selection !== '') return { ...facts, text: selection, source: 'body' };
  if (main.text.length < LEAST) {
    fail('page-empty', {
      who: 'page',
      message: 'there is hardly any text on this page',
      expected: `at least ${LEAST} characters`,
      got: main.text.length,
    });
  }
  return { ...facts, ...main };
}

function readArticle(doc: Document): { title: string; text: string } | undefined {
  try {
    const found = new Readability<Node>(doc.cloneNode(true) as Document, {
      serializer: (node) => node,
    }).parse();
    if (found?.content == null) return undefined;
    return { title: (found.title ?? '').trim(), text: blockText(found.content) };
  } catch {
    // Some documents have no head or body; the other readers need neither.
    return undefined;
  }
}

function mainText(doc: Document): { text: string; source: 'main' | 'body' } {
  const longest = [...doc.querySelectorAll(MAIN)].map(visibleText).sort((a, b) => b.length - a.length)[0];
  const body = doc.body === null ? '' : visibleText(doc.body);
  // Comment threads and search results often lie outside what a page calls its main part.
  return longest !== undefined && longest.length >= Math.max(LEAST, body.length / 4)
    ? { text: longest, source: 'main' }
    : { text: body, source: 'body' };
}

/** `innerText` knows what is hidden by style sheets; without layout (tests) the tree has to do. */
function visibleText(element: Element): string {
  const { innerText } = element as HTMLElement;
  const laidOut =
    typeof innerText === 'string' && element.ownerDocument.defaultView?.innerWidth !== undefined;
  const text = laidOut ? innerText : blockText(element);
  return text
    .replace(/[ \t\u00a0]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

function titleOf(doc: Document): string {
  const og = doc.querySelector('meta[property="og:title"]')?.getAttribute('content');
  return (doc.title || og || doc.querySelector('h1')?.textContent || '').replace(/\s+/g, ' ').trim();
}

function languageOf(doc: Document): string {
  const said =
    doc.documentElement?.getAttribute('lang') ??
    doc.querySelector('meta[http-equiv="content-language" i]')?.getAttribute('content');
  return (said ?? '').split(',')[0]!.trim();
}

function directionOf(doc: Document): 'ltr' | 'rtl' {
  const said = doc.documentElement?.getAttribute('dir') ?? doc.body?.getAttribute('dir');
  if (said === 'rtl' || said === 'ltr') return said;
  return isRtlLanguage(languageOf(doc)) ? 'rtl' : 'ltr';
}

const RTL = new Set(['ar', 'arc', 'ckb', 'dv', 'fa', 'he', 'iw', 'ks', 'ps', 'sd', 'syr', 'ug', 'ur', 'yi']);

export function isRtlLanguage(tag: string): boolean {
  return RTL.has(tag.toLowerCase().split('-')[0]!);
}
