/**
 * Finds the parent that an element needs on a foreign page to be visible and usable. While a modal dialog is open,
 * everything outside of it is inert, other elements of the top layer included. Of several dialogs only the one opened
 * last is not inert.
 */
import { activeElementOf, append, elementFromPoint } from '../../page/dom/pristine-document.ts';
import {
  FRAGMENT,
  boxOf,
  containsNode,
  documentElementOf,
  ELEMENT,
  hostOf,
  matches,
  nodeType,
  parentNode,
  selectAll,
  shadowRootOf,
} from '../../page/dom/pristine.ts';

/**
 * The open modal dialog, else the root element; not the body, since some pages replace it. Undefined while a document has
 * no root element.
 */
export function usablePlace(doc: Document): Element | undefined {
  return aroundFocus(doc) ?? topmost(doc) ?? documentElementOf(doc) ?? undefined;
}

/** Appends a node to an element of the page, whatever names its fields have. */
export const appendTo = (parent: Element, node: Node): void => append(parent, node);

/** Calls `changed` when a dialog may have been opened, closed or removed. Returns an unsubscribe function. */
export function watchDialogs(doc: Document, changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  // The document, not its root element: a page can replace that too.
  observer.observe(doc, { subtree: true, childList: true, attributeFilter: ['open'] });
  return () => observer.disconnect();
}

/** The modal dialog around the focus; it may be inside a web component, which `querySelectorAll` does not search. */
function aroundFocus(doc: Document): Element | undefined {
  let node: Node | null = focusedIn(doc);
  while (node !== null) {
    if (nodeType(node) === ELEMENT && matches(node as Element, 'dialog:modal')) return node as Element;
    node = parentNode(node) ?? hostAround(node);
  }
  return undefined;
}

function focusedIn(doc: Document): Element | null {
  let focused = activeElementOf(doc);
  for (;;) {
    const inner: Element | null = (focused && shadowRootOf(focused))?.activeElement ?? null;
    if (inner === null) return focused;
    focused = inner;
  }
}

const hostAround = (node: Node): Element | null =>
  nodeType(node) === FRAGMENT ? ((hostOf(node as ShadowRoot) as Element | undefined) ?? null) : null;

/** The dialog opened last: inert dialogs are not hit by `elementFromPoint`. */
function topmost(doc: Document): Element | undefined {
  const open = selectAll(doc, 'dialog:modal');
  const hit = open.find((dialog) => {
    const { left, top, width, height } = boxOf(dialog);
    return containsNode(dialog, elementFromPoint(doc, left + width / 2, top + height / 2));
  });
  return hit ?? open.at(-1);
}
