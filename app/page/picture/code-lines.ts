/** Program text as its lines: without the numbers in the gutter, whatever element holds a line. */
import {
  ELEMENT,
  firstChild,
  getAttribute,
  hasAttribute,
  nextSibling,
  nodeName,
  nodeType,
  nodeValue,
  parentNode,
  TEXT,
} from '../dom/pristine.ts';
import { withoutInvisible } from '../../text/characters/invisible.ts';
import { shortText } from './short-text.ts';

const GUTTER =
  /(?:^|[\s_-])(?:ln|lnum|linenos?|line-?numbers?(?:-rows)?|linenumber|gutter|hljs-ln-numbers|blob-num|rouge-gutter)(?:[\s_-]|$)/i;
const LINE = new Set(['DIV', 'LI', 'P', 'TR', 'OL', 'UL', 'TABLE', 'TBODY']);
/** Most characters of the number of a line. */
const NUMBER = 8;

export interface CodeText {
  readonly text: string;
  /** More of it was left out. */
  readonly cut: boolean;
}

/** The numbers of lines beside program text, in an element or a table cell of their own. */
export function isGutter(element: Element): boolean {
  if (hasAttribute(element, 'data-line-number') && shortText(element, NUMBER) === '') return true;
  if (!GUTTER.test(getAttribute(element, 'class') ?? '')) return false;
  // A column of numbers is longer than one.
  return /^[\d\s]*$/.test(shortText(element, NUMBER) ?? '') && onlyNumbers(element);
}

/** At most this many numbers are looked at; a column that begins with so many is one of numbers. */
const NUMBERS = 40;

function onlyNumbers(element: Element): boolean {
  let at: Node | null = element;
  for (let count = 0; at !== null && count < NUMBERS; count++) {
    if (nodeType(at) === TEXT && !/^[\d\s]*$/.test((nodeValue(at) ?? '').slice(0, NUMBERS * NUMBER)))
      return false;
    at = firstChild(at) ?? after(at, element);
  }
  return true;
}

function after(node: Node, root: Node): Node | null {
  for (let at: Node | null = node; at !== null && at !== root; at = parentNode(at)) {
    const next = nextSibling(at);
    if (next !== null) return next;
  }
  return null;
}

/**
 * The text of a `pre`. `shows` says whether an element in it is seen; `most` characters at most are taken. Steps over
 * nodes without recursion.
 */
export function codeText(pre: Element, shows: (element: Element) => boolean, most: number): CodeText {
  let text = '';
  let fresh = false;
  const breakLine = () => {
    fresh = true;
  };
  const add = (more: string) => {
    if (more === '') return;
    if (fresh && text !== '' && !text.endsWith('\n')) text += '\n';
    // The line break in the source after an element that is a line of its own is none on the screen.
    text += fresh && more === '\n' && text.endsWith('\n') ? '' : more;
    fresh = false;
  };
  let at: Node | null = firstChild(pre);
  while (at !== null && text.length <= most) {
    let into: Node | null = null;
    if (nodeType(at) === TEXT) add(withoutInvisible(nodeValue(at) ?? ''));
    else if (nodeType(at) === ELEMENT) {
      const element = at as Element;
      const name = nodeName(element).toUpperCase();
      if (name === 'BR') add('\n');
      else if (!isGutter(element) && shows(element)) {
        if (LINE.has(name)) breakLine();
        into = firstChild(element);
      }
    }
    if (into !== null) {
      at = into;
      continue;
    }
    while (at !== null && at !== pre) {
      if (LINE.has(nodeName(at).toUpperCase())) breakLine();
      const next = nextSibling(at);
      if (next !== null) {
        at = next;
        break;
      }
      at = parentNode(at);
    }
    if (at === pre) at = null;
  }
  const lines = text.slice(0, most).replace(/^\n+/, '').trimEnd();
  return { text: lines, cut: text.length > most };
}
