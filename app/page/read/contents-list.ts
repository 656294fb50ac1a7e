/** Takes a long table of contents out of a picture that begins with it: a reader wants the text that it leads to. */
import { bodyOf, getAttribute, nodeType, nodeValue, selectAll, TEXT, textContent } from '../dom/pristine.ts';
import { following } from '../dom/following.ts';

/** Entries; shorter lists are an overview. */
const LONG = 10;
/** The share of its text that is links to parts of the page. */
const IN_LINKS = 0.8;
/** Characters before it: a title and a few lines. */
const BEFORE = 300;
/** Lists at the beginning of a page that are looked at. */
const LOOKED = 20;

export function withoutContentsList(doc: Document): void {
  const found = selectAll(doc, 'ul, ol, table, nav').slice(0, LOOKED).find(isContents);
  if (found !== undefined && beginsWith(bodyOf(doc), found)) found.remove();
}

function isContents(list: Element): boolean {
  const links = selectAll(list, 'a').filter((link) => /^#./.test(getAttribute(link, 'href') ?? ''));
  if (links.length < LONG) return false;
  const length = (node: Node) => (textContent(node) ?? '').replace(/\s+/g, '').length;
  return links.reduce((sum, link) => sum + length(link), 0) >= IN_LINKS * length(list);
}

function beginsWith(body: Element, list: Element): boolean {
  let before = 0;
  for (let at: Node | null = body; at !== null && at !== list; at = following(at, body)) {
    if (nodeType(at) === TEXT) before += (nodeValue(at) ?? '').trim().length;
    if (before > BEFORE) return false;
  }
  return true;
}
