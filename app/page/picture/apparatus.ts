/**
 * What stands in a text for editors and scholars, not for its reader: links to edit a section, marks that lead to a note,
 * the list of references; and headings in a wrapper of their own, which readers of articles take for boilerplate.
 */
import { childNodes, ELEMENT, getAttribute, nodeName, nodeType, selectAll } from '../dom/pristine.ts';
import { beginningOf, shortText } from './short-text.ts';

const EDIT =
  /(?:^|\s)(?:mw-editsection|editsection|edit-section|headerlink|heading-anchor|anchorjs-link|anchor-link)(?:\s|$)/;
const MARK = /(?:^|\s)(?:reference|noprint|footnote-ref|fn-ref)(?:\s|$)/i;
const LIST = /(?:^|\s)(?:references|reflist|mw-references-wrap)(?:\s|$)/;
const NOTE_ROLE = /^doc-(?:endnotes|bibliography|noteref|backlink)$/;
/** `[12]`, `[a]`, `12`, `*`, `†`, `[citation needed]`. */
const MARK_TEXT = /^(?:\[?(?:\d{1,4}|[a-z*†‡§]{1,3}|note \d+)\]?|\[[^\]]+\])$/i;
const MARK_LENGTH = 32;
const HEADING = /^H[1-6]$/;
/** Most children of an element that only wraps a heading. */
const WRAPPED = 4;
/** Most characters that a wrapper of a heading has beside it, such as "[edit | edit source]". */
const BESIDE = 40;

export const isHeading = (name: string): boolean => HEADING.test(name);

export function isApparatus(element: Element, name: string): boolean {
  const names = getAttribute(element, 'class') ?? '';
  if (EDIT.test(names) || LIST.test(names) || NOTE_ROLE.test(getAttribute(element, 'role') ?? ''))
    return true;
  if (name === 'OL' || name === 'UL') return isReferenceList(element);
  if (name === 'SPAN') return isEditLink(element);
  if (name !== 'SUP') return false;
  if (MARK.test(names)) return true;
  const links = selectAll(element, 'a[href^="#"], a[href*="#cite"], a[href*="#fn"], a[title^="Wikipedia:"]');
  return links.length > 0 && MARK_TEXT.test(shortText(element, MARK_LENGTH) ?? '-');
}

/** "[edit]" beside a heading, in any language: a link in brackets to the page's editor. */
function isEditLink(element: Element): boolean {
  const text = shortText(element, BESIDE);
  if (text === undefined || !/^\[.+\]$/.test(text)) return false;
  return selectAll(element, 'a[href*="action=edit"]').length > 0;
}

/** Each entry of such a list begins with a link back to where it is referred to. */
function isReferenceList(element: Element): boolean {
  const first = [...childNodes(element)].find((child) => nodeType(child) === ELEMENT);
  return first !== undefined && /^\s*[\^↑↩]/.test(beginningOf(first, BESIDE, BESIDE));
}

/** Whether an element is there only to hold a heading and a link or two beside it. */
export function wrapsHeading(element: Element, name: string): boolean {
  if (name !== 'DIV' && name !== 'HGROUP' && name !== 'HEADER') return false;
  const children: Element[] = [];
  for (const child of childNodes(element)) {
    if (nodeType(child) !== ELEMENT) continue;
    children.push(child as unknown as Element);
    if (children.length > WRAPPED) return false;
  }
  if (children.filter((child) => HEADING.test(nodeName(child))).length !== 1) return false;
  return children.every((child) => HEADING.test(nodeName(child)) || isLink(child));
}

function isLink(element: Element): boolean {
  const text = shortText(element, BESIDE);
  if (text === undefined) return false;
  return text === '' || nodeName(element) === 'A' || EDIT.test(getAttribute(element, 'class') ?? '');
}

/** The number of a heading that is one by its role only; undefined for other elements. */
export function headingLevel(element: Element): number | undefined {
  if (getAttribute(element, 'role') !== 'heading') return undefined;
  const level = Number(getAttribute(element, 'aria-level') ?? 2);
  return level >= 1 && level <= 6 ? Math.floor(level) : 6;
}
