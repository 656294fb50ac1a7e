/** Copies of elements for the picture: their names and the attributes that tell readers what they are, no others. */
import { getAttribute, selectAll } from '../dom/pristine.ts';
import { BLOCKS } from '../dom/block-text.ts';

/** No `style`, `hidden` and `aria-hidden`: what is not seen is not in the picture. No `src`: nothing is loaded. */
const KEPT = [
  'class',
  'role',
  'href',
  'rel',
  'lang',
  'dir',
  'alt',
  'type',
  'itemprop',
  'itemtype',
  'property',
  'datetime',
  'datatable',
  'summary',
  'indent',
  'depth',
  'data-depth',
  'data-level',
  'aria-level',
];
/** A form gives its fields and pictures as properties, under their ids: they get none. */
const NAMED = new Set([
  'IMG',
  'INPUT',
  'FIELDSET',
  'OUTPUT',
  'BUTTON',
  'SELECT',
  'TEXTAREA',
  'OBJECT',
  'FORM',
]);
/** Characters of an attribute; Readability's expressions are tried on them. */
const LONGEST = 500;
const TAG = /^[a-z][\w.-]*$/i;
const METADATA = 100;

export function copyOf(element: Element, name: string, target: Document): Element {
  const copy = target.createElement(TAG.test(name) ? name.toLowerCase() : 'div');
  for (const key of NAMED.has(name) ? KEPT : ['id', ...KEPT]) {
    const value = getAttribute(element, key);
    if (value !== null) copy.setAttribute(key, value.slice(0, LONGEST));
  }
  return copy;
}

/** Marks what the style sheet lays out otherwise than the name says; see block-text.ts. */
export function markLayout(copy: Element, name: string, style: CSSStyleDeclaration, parent: string): void {
  const { display, float, position } = style;
  const block = /^(?:block|flow-root|flex|grid|table|list-item)$/.test(display);
  const beside =
    float !== 'none' || position === 'absolute' || position === 'fixed' || /flex|grid/.test(parent);
  if (block && !beside && !BLOCKS.has(name)) copy.setAttribute('data-block', '');
  if (display === 'inline' && name === 'DIV') copy.setAttribute('data-inline', '');
}

/** Title and metadata of the page, from which Readability takes its title. */
export function copyHead(doc: Document, title: string, target: Document): void {
  target.title = title;
  for (const meta of selectAll(doc, 'meta[property][content], meta[name][content]').slice(0, METADATA)) {
    const copy = target.createElement('meta');
    for (const key of ['property', 'name', 'content']) {
      const value = getAttribute(meta, key);
      if (value !== null) copy.setAttribute(key, value.slice(0, LONGEST));
    }
    target.head.appendChild(copy);
  }
}

/** What a browser shows before an item of a numbered list: `3.`, `c.`, `iii.`. */
export function listMark(number: number, type: string): string | undefined {
  if (/^(?:lower-(?:alpha|latin)|a)$/.test(type)) return `${letters(number)}.`;
  if (/^(?:upper-(?:alpha|latin)|A)$/.test(type)) return `${letters(number).toUpperCase()}.`;
  if (/^(?:lower-roman|i)$/.test(type)) return `${roman(number)}.`;
  if (/^(?:upper-roman|I)$/.test(type)) return `${roman(number).toUpperCase()}.`;
  return /^(?:decimal|decimal-leading-zero|1|)$/.test(type) ? `${number}.` : undefined;
}

function letters(number: number): string {
  let text = '';
  for (let left = number; left > 0; left = Math.floor((left - 1) / 26)) {
    text = String.fromCharCode(97 + ((left - 1) % 26)) + text;
  }
  return text || String(number);
}

const ROMAN = Object.entries({
  m: 1000,
  cm: 900,
  d: 500,
  cd: 400,
  c: 100,
  xc: 90,
  l: 50,
  xl: 40,
  x: 10,
  ix: 9,
  v: 5,
  iv: 4,
  i: 1,
});

function roman(number: number): string {
  if (number < 1 || number > 3999) return String(number);
  let left = number;
  let text = '';
  for (const [sign, value] of ROMAN) {
    while (left >= value) {
      text += sign;
      left -= value;
    }
  }
  return text;
}
