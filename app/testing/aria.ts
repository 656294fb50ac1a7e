/**
 * Roles and accessible names of elements, as assistive technology sees them: the part of WAI-ARIA and of "Accessible Name
 * and Description Computation" that the components use.
 */
import { isShown } from './dom.ts';

const INPUT_ROLES: Readonly<Record<string, string>> = {
  checkbox: 'checkbox',
  radio: 'radio',
  range: 'slider',
  number: 'spinbutton',
  search: 'searchbox',
  button: 'button',
  submit: 'button',
};

const ROLES: Readonly<Record<string, string>> = {
  article: 'article',
  aside: 'complementary',
  button: 'button',
  dd: 'definition',
  details: 'group',
  dialog: 'dialog',
  dt: 'term',
  fieldset: 'group',
  footer: 'contentinfo',
  header: 'banner',
  hr: 'separator',
  h1: 'heading',
  h2: 'heading',
  h3: 'heading',
  h4: 'heading',
  li: 'listitem',
  main: 'main',
  mark: 'mark',
  meter: 'meter',
  nav: 'navigation',
  ol: 'list',
  option: 'option',
  output: 'status',
  p: 'paragraph',
  progress: 'progressbar',
  select: 'combobox',
  table: 'table',
  td: 'cell',
  textarea: 'textbox',
  th: 'columnheader',
  tr: 'row',
  ul: 'list',
};

/** Undefined for an element without a role. */
export function roleOf(element: Element): string | undefined {
  const explicit = element.getAttribute('role');
  if (explicit !== null && explicit !== '') return explicit;
  const tag = element.localName;
  if (tag === 'a') return element.hasAttribute('href') ? 'link' : undefined;
  if (tag === 'img') return element.getAttribute('alt') === '' ? undefined : 'img';
  if (tag === 'input') return INPUT_ROLES[element.getAttribute('type') ?? 'text'] ?? 'textbox';
  // Only a section or a form with a name is a landmark.
  if (tag === 'section') return nameOf(element) === '' ? undefined : 'region';
  if (tag === 'form') return nameOf(element) === '' ? undefined : 'form';
  return ROLES[tag];
}

/** Roles whose name is their content. */
const NAMED_BY_CONTENT = new Set([
  'button',
  'cell',
  'checkbox',
  'columnheader',
  'heading',
  'link',
  'listitem',
  'menuitem',
  'menuitemradio',
  'option',
  'radio',
  'row',
  'switch',
  'tab',
  'term',
]);

/** The accessible name; empty where there is none. */
export function nameOf(element: Element): string {
  const byId = (element.getAttribute('aria-labelledby') ?? '')
    .split(/\s+/)
    .filter(Boolean)
    .map((id) => element.ownerDocument.getElementById(id))
    .map((label) => (label === null ? '' : textOf(label)));
  if (byId.length > 0) return oneLine(byId.join(' '));
  const label = element.getAttribute('aria-label');
  if (label !== null && label.trim() !== '') return oneLine(label);
  return oneLine(nativeName(element) || (element.getAttribute('title') ?? ''));
}

function nativeName(element: Element): string {
  if (element.localName === 'img') return element.getAttribute('alt') ?? '';
  if (element.localName === 'fieldset') return textOf(element.querySelector('legend'));
  if (element.matches('input, select, textarea, progress, meter')) {
    return textOf(labelOf(element)) || (element.getAttribute('placeholder') ?? '');
  }
  if (element.localName === 'summary') return textOf(element);
  const role = element.matches('section, form') ? undefined : roleOf(element);
  return role !== undefined && NAMED_BY_CONTENT.has(role) ? textOf(element) : '';
}

function labelOf(control: Element): Element | null {
  const labels = [...control.ownerDocument.querySelectorAll('label[for]')];
  const id = control.getAttribute('id');
  const byId = id === null ? undefined : labels.find((label) => label.getAttribute('for') === id);
  return byId ?? control.closest('label');
}

/** The words of an element that are shown and not hidden from assistive technology, in one line. */
export function textOf(element: Element | null): string {
  return element === null ? '' : oneLine(words(element));
}

function words(node: Node): string {
  if (node.nodeType === 3) return node.textContent ?? '';
  if (node.nodeType !== 1) return '';
  const element = node as Element;
  if (element.matches('[aria-hidden="true"], select, textarea, script, style') || !isShown(element))
    return '';
  if (element.localName === 'img') return element.getAttribute('alt') ?? '';
  const text = [...element.childNodes].map(words).join('');
  return element.matches('p, div, li, ul, ol, h1, h2, h3, dt, dd, br, small') ? ` ${text} ` : text;
}

export const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();
