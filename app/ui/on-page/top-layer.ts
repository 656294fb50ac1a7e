/**
 * Finds the parent that an element needs on a foreign page to be visible and usable. While a modal dialog is open,
 * everything outside of it is inert, other elements of the top layer included. Of several dialogs only the one opened
 * last is not inert.
 */

/** The open modal dialog, else the root element; not the body, since some pages replace it. */
export function usablePlace(doc: Document): Element {
  return aroundFocus(doc) ?? topmost(doc) ?? doc.documentElement;
}

/** Calls `changed` when a dialog may have been opened, closed or removed. Returns an unsubscribe function. */
export function watchDialogs(doc: Document, changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(doc.documentElement, { subtree: true, childList: true, attributeFilter: ['open'] });
  return () => observer.disconnect();
}

/** The modal dialog around the focus; it may be inside a web component, which `querySelectorAll` does not search. */
function aroundFocus(doc: Document): Element | undefined {
  let node: Node | null = doc.activeElement;
  while ((node as Element | null)?.shadowRoot?.activeElement != null) {
    node = (node as Element).shadowRoot!.activeElement;
  }
  for (; node !== null; node = node.parentNode ?? (node as Partial<ShadowRoot>).host ?? null) {
    if (node.nodeType === 1 && (node as Element).matches('dialog:modal')) return node as Element;
  }
  return undefined;
}

/** The dialog opened last: inert dialogs are not hit by `elementFromPoint`. */
function topmost(doc: Document): Element | undefined {
  const open = [...doc.querySelectorAll('dialog:modal')];
  const hit = open.find((dialog) => {
    const { left, top, width, height } = dialog.getBoundingClientRect();
    return dialog.contains(doc.elementFromPoint(left + width / 2, top + height / 2));
  });
  return hit ?? open.at(-1);
}
