/**
 * Finds the parent that an element needs on a foreign page to be visible and usable. While a modal dialog is open,
 * everything outside of it is inert, other elements of the top layer included. Of several dialogs only the one opened
 * last is not inert. In Chromium the same goes for an element in full screen.
 */
import { activeElementOf, elementFromPoint, listen } from '../../page/dom/pristine-document.ts';
import {
  FRAGMENT,
  boxOf,
  containsNode,
  documentElementOf,
  ELEMENT,
  fullscreenElementOf,
  hostOf,
  insertBefore,
  matches,
  nameOf,
  nodeType,
  parentNode,
  selectAll,
  shadowRootOf,
} from '../../page/dom/pristine.ts';

/**
 * The open modal dialog, else the element in full screen, else the root element; not the body, since some pages replace it.
 * Undefined while a document has no root element.
 */
export function usablePlace(doc: Document): Element | ShadowRoot | undefined {
  return aroundFocus(doc) ?? topmost(doc) ?? inFullscreen(doc) ?? documentElementOf(doc) ?? undefined;
}

/** Appends a node to an element of the page, whatever names its fields have. */
export const appendTo = (parent: Element | ShadowRoot, node: Node): void =>
  void insertBefore(parent, node, null);

/** What shows something else than its children. */
const REPLACED = /^(?:VIDEO|AUDIO|IMG|CANVAS|IFRAME|FRAME|EMBED|OBJECT|INPUT|TEXTAREA|SVG)$/;

/** The element in full screen, or its shadow root: what is beside that is not rendered. */
function inFullscreen(doc: Document): Element | ShadowRoot | undefined {
  let full: Element | null = fullscreenElementOf(doc) ?? null;
  for (;;) {
    const inner: Element | null = (full && shadowRootOf(full))?.fullscreenElement ?? null;
    if (inner === null) break;
    full = inner;
  }
  return full === null || REPLACED.test(nameOf(full)) ? undefined : (shadowRootOf(full) ?? full);
}

interface TopLayerListener {
  /** A dialog may have been opened, closed or removed. */
  changed(): void;
  /** The page has put an element on top of all others, or the element in full screen is another. */
  covered(by: EventTarget | null): void;
}

/** Returns an unsubscribe function. */
export function watchTopLayer(doc: Document, { changed, covered }: TopLayerListener): () => void {
  const observer = new MutationObserver(changed);
  // The document, not its root element: a page can replace that too.
  observer.observe(doc, { subtree: true, childList: true, attributeFilter: ['open'] });
  // They do not bubble, but are captured.
  const capture = { capture: true };
  const onToggle = (event: Event) => {
    if ((event as ToggleEvent).newState === 'open') covered(event.target);
  };
  const stops = [
    listen(doc, 'toggle', onToggle, capture),
    listen(doc, 'fullscreenchange', ({ target }) => covered(target), capture),
  ];
  return () => {
    observer.disconnect();
    for (const stop of stops) stop();
  };
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
