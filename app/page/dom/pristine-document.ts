/** Parts of a document that names in the page cannot replace; see pristine.ts. */
import { getter, method, shadowRootOf } from './pristine.ts';

export const createElement = method('Document', 'createElement');
export const activeElementOf = getter('Document', 'activeElement');
export const elementFromPoint = method('Document', 'elementFromPoint');
const caretRange = method('Document', 'caretRangeFromPoint');

/** The element that has the focus, inside open components too. */
export function focusedElement(doc: Document): Element | null {
  let element = activeElementOf(doc);
  for (;;) {
    const inner = (element && shadowRootOf(element))?.activeElement ?? null;
    if (inner === null) return element;
    element = inner;
  }
}

/** The caret at a point, as an empty range; null where there is no text, or where the browser cannot tell. */
export function caretAt(doc: Document, x: number, y: number): Range | null {
  try {
    return caretRange(doc, x, y);
  } catch {
    return null;
  }
}

export const selectionOf = method('Document', 'getSelection');
export const execCommand = method('Document', 'execCommand');
export const createTextNode = method('Document', 'createTextNode');
export const createTreeWalker = method('Document', 'createTreeWalker');
export const innerText = getter('HTMLElement', 'innerText');
export const append = method('Element', 'append');
export const focusElement = method('HTMLElement', 'focus');
export const scrollIntoView = method('Element', 'scrollIntoView');

const addListener = method('Document', 'addEventListener');
const removeListener = method('Document', 'removeEventListener');

/** Listens to an event of the document. Returns a function that ends it. */
export function listen(
  doc: Document,
  type: string,
  listener: (event: Event) => void,
  options: AddEventListenerOptions = {},
): () => void {
  addListener(doc, type, listener, options);
  return () => removeListener(doc, type, listener, options);
}
