/**
 * Texts, attributes and styles of the page that show something of Linnet's for a while. The page's nodes stay where they
 * are; only what they say changes, and what they said before is kept here. What the page writes in the meantime is the
 * page's: it is neither hidden nor overwritten when the mask is taken off.
 */
import { following, followingOutside } from './following.ts';
import {
  ELEMENT,
  getAttribute,
  nameOf,
  nodeType,
  nodeValue,
  removeAttribute,
  setAttribute,
  TEXT,
} from './pristine.ts';

/** The element that Linnet inserts for a translation. */
export const TRANSLATION_TAG = 'LINNET-TRANSLATION';

interface Mask<T> {
  readonly original: T;
  readonly shown: string;
}

const texts = new WeakMap<Node, Mask<string>>();

/** The page's own words in a text node. */
export function textOf(node: Node): string {
  const data = nodeValue(node) ?? '';
  const mask = texts.get(node);
  return mask?.shown === data ? mask.original : data;
}

/** The page's own words in a node and all below it, without those of Linnet. */
export function wordsOf(root: Node): string {
  const pieces: string[] = [];
  for (let at: Node | null = root; at !== null; ) {
    if (nodeType(at) === TEXT) pieces.push(textOf(at));
    at = nameOf(at) === TRANSLATION_TAG ? followingOutside(at, root) : following(at, root);
  }
  return pieces.join('');
}

export function maskText(node: Text, shown: string): void {
  const original = textOf(node);
  texts.set(node, { original, shown });
  if (nodeValue(node) !== shown) node.nodeValue = shown;
}

export function unmaskText(node: Text): void {
  const mask = texts.get(node);
  texts.delete(node);
  if (mask !== undefined && nodeValue(node) === mask.shown) node.nodeValue = mask.original;
}

const attributes = new WeakMap<Element, Map<string, Mask<string | null>>>();

/** The page's own value of an attribute; null if it has none. */
export function attributeOf(element: Element, name: string): string | null {
  const value = getAttribute(element, name);
  const mask = attributes.get(element)?.get(name);
  return mask?.shown === value ? mask.original : value;
}

export function maskAttribute(element: Element, name: string, shown: string): void {
  const original = attributeOf(element, name);
  const masks = attributes.get(element) ?? new Map<string, Mask<string | null>>();
  attributes.set(element, masks.set(name, { original, shown }));
  setAttribute(element, name, shown);
}

export function unmaskAttribute(element: Element, name: string): void {
  const mask = attributes.get(element)?.get(name);
  attributes.get(element)?.delete(name);
  if (mask === undefined || getAttribute(element, name) !== mask.shown) return;
  if (mask.original === null) removeAttribute(element, name);
  else setAttribute(element, name, mask.original);
}

/** An element whose own `style` Linnet has changed. */
interface Styled {
  readonly attribute: string | null;
  /** As the browser writes it. */
  readonly text: string;
  readonly properties: Map<string, { users: number; readonly value: string; readonly priority: string }>;
}

const styled = new WeakMap<Element, Styled>();
const styleOf = (element: Element) => (element as HTMLElement).style;

/** A DOM without layout has no priorities. */
const priorityOf = (style: CSSStyleDeclaration, property: string): string =>
  typeof style.getPropertyPriority === 'function' ? style.getPropertyPriority(property) : '';

/** Sets a property of the element's own style; each call needs one of {@link returnStyle}. */
export function lendStyle(element: Element, property: string, value: string): void {
  const style = styleOf(element);
  const known = styled.get(element) ?? {
    attribute: getAttribute(element, 'style'),
    text: style.cssText,
    properties: new Map(),
  };
  styled.set(element, known);
  const lent = known.properties.get(property);
  if (lent !== undefined) lent.users++;
  else
    known.properties.set(property, {
      users: 1,
      value: style.getPropertyValue(property),
      priority: priorityOf(style, property),
    });
  style.setProperty(property, value, 'important');
}

export function returnStyle(element: Element, property: string): void {
  const known = styled.get(element);
  const lent = known?.properties.get(property);
  if (known === undefined || lent === undefined || --lent.users > 0) return;
  const style = styleOf(element);
  if (lent.value === '') style.removeProperty(property);
  else style.setProperty(property, lent.value, lent.priority);
  known.properties.delete(property);
  if (known.properties.size > 0) return;
  styled.delete(element);
  if (style.cssText !== known.text) return;
  // The browser writes a style in its own way; the page gets back what it wrote. Chromium writes the attribute when it is
  // read, and removes none that it has not written.
  if (getAttribute(element, 'style') === known.attribute) return;
  if (known.attribute === null) removeAttribute(element, 'style');
  else setAttribute(element, 'style', known.attribute);
}

/** Whether Linnet has hidden the element. */
export const isHiddenByLinnet = (node: Node): boolean =>
  nodeType(node) === ELEMENT && styled.get(node as Element)?.properties.has('display') === true;
