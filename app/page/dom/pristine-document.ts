/** Parts of a document that names in the page cannot replace; see pristine.ts. */
import { getter, method } from './pristine.ts';

export const createElement = method('Document', 'createElement');
export const activeElementOf = getter('Document', 'activeElement');
export const elementFromPoint = method('Document', 'elementFromPoint');
export const createRange = method('Document', 'createRange');
export const append = method('Element', 'append');
export const focusElement = method('HTMLElement', 'focus');
export const scrollIntoView = method('Element', 'scrollIntoView');

/**
 * Listens to an event of the document. Events reach the window first, whose own methods no name replaces; but the window
 * also gets events that are not the document's, so the document is the target here.
 */
export function listen(
  doc: Document,
  type: string,
  listener: (event: Event) => void,
  options: AddEventListenerOptions = {},
): () => void {
  const { addEventListener, removeEventListener } = EventTarget.prototype;
  addEventListener.call(doc, type, listener, options);
  return () => removeEventListener.call(doc, type, listener, options);
}
