/**
 * Finds what a page says outside of its paragraphs: attributes that are shown or read aloud, buttons made of `input`,
 * options, texts in drawings, and the page's title.
 */
import { openRoots } from '../dom/flat-tree.ts';
import { PROTECTED } from '../dom/inline/inline-marks.ts';
import { attributeOf, textOf } from '../dom/masks.ts';
import { sayWords } from '../dom/paragraphs.ts';
import { following } from '../dom/following.ts';
import { closest, nameOf, nodeType, parentElement, selectAll, shadowRootOf, TEXT } from '../dom/pristine.ts';

export interface Label {
  readonly element: Element;
  /** The attribute that it is, or empty for a text node. */
  readonly attribute: string;
  readonly node?: Text;
  readonly text: string;
  /** The element at whose place it is seen; undefined if it is seen anywhere. */
  readonly seen: Element | undefined;
}

const ATTRIBUTES = [
  'placeholder',
  'title',
  'alt',
  'aria-label',
  'aria-placeholder',
  'aria-description',
  'aria-roledescription',
  'aria-valuetext',
];
const BUTTONS = 'input[type="submit" i], input[type="button" i], input[type="reset" i]';
const GROUPS = 'optgroup[label], option[label], track[label]';
const TEXTS = 'option, svg text';
const SELECTOR = [...ATTRIBUTES.map((name) => `[${name}]`), BUTTONS, GROUPS, TEXTS].join(',');
/** Names of files, addresses and the like. */
const NAME = /^\S*[./@_\\]\S*$/;
/** Longer ones are data that a page keeps in an attribute. */
const MOST = 600;

/** In document order within each tree. `insisted`: elements that are translated although the page asks not to. */
export function labelsOf(root: Element, insisted: ReadonlySet<Element>): Label[] {
  const own = shadowRootOf(root);
  const roots: ParentNode[] = [root, ...openRoots(root), ...(own === null ? [] : [own, ...openRoots(own)])];
  const labels: Label[] = [];
  for (const within of roots)
    for (const element of selectAll(within, SELECTOR))
      if (!isProtected(element, insisted)) labels.push(...labelsOn(element));
  return labels;
}

/** The title of the page. */
export function titleLabel(doc: Document): Label[] {
  const [element] = selectAll(doc, 'head > title');
  return element === undefined ? [] : textLabels(element, undefined);
}

function labelsOn(element: Element): Label[] {
  const name = nameOf(element);
  const seen = closest(element, 'select') ?? closest(element, 'svg') ?? element;
  const attributes = [...ATTRIBUTES];
  if (name === 'INPUT' && /^(?:submit|button|reset)$/i.test(attributeOf(element, 'type') ?? ''))
    attributes.push('value');
  if (/^(?:OPTGROUP|OPTION|TRACK)$/.test(name)) attributes.push('label');
  const labels = attributes.flatMap((attribute): Label[] => {
    const text = attributeOf(element, attribute)?.trim() ?? '';
    return isLabel(text) ? [{ element, attribute, text, seen }] : [];
  });
  const holdsText = name === 'OPTION' || (name === 'TEXT' && closest(element, 'svg') !== null);
  return holdsText ? [...labels, ...textLabels(element, seen)] : labels;
}

function textLabels(element: Element, seen: Element | undefined): Label[] {
  const labels: Label[] = [];
  for (let at: Node | null = element; at !== null; at = following(at, element)) {
    if (nodeType(at) !== TEXT) continue;
    const text = textOf(at).replace(/\s+/g, ' ').trim();
    if (isLabel(text))
      labels.push({ element: parentElement(at)!, attribute: '', node: at as Text, text, seen });
  }
  return labels;
}

const isLabel = (text: string): boolean => text.length <= MOST && sayWords(text) && !NAME.test(text);

function isProtected(element: Element, insisted: ReadonlySet<Element>): boolean {
  let at = closest(element, PROTECTED);
  while (at !== null && insisted.has(at)) {
    const above = parentElement(at);
    at = above === null ? null : closest(above, PROTECTED);
  }
  return at !== null;
}
