/**
 * Where something on a foreign page has to lie to be seen and used. While a modal dialog is open, all that is not
 * within it is inert, the top layer included; of several the one opened last is the only one that is not.
 */

/** The open modal dialog, else the root element: not the body, which some pages rewrite. */
export function usablePlace(doc: Document): Element {
  return aroundFocus(doc) ?? topmost(doc) ?? doc.documentElement;
}

/** Calls `changed` whenever a dialog may have opened, closed or gone. Gives the way to stop. */
export function watchDialogs(doc: Document, changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(doc.documentElement, { subtree: true, childList: true, attributeFilter: ['open'] });
  return () => observer.disconnect();
}

/** A modal dialog holds the focus; it may lie within a component of the page, which no search of the document enters. */
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

/** What is inert is not found under a point. */
function topmost(doc: Document): Element | undefined {
  const open = [...doc.querySelectorAll('dialog:modal')];
  const hit = open.find((dialog) => {
    const { left, top, width, height } = dialog.getBoundingClientRect();
    return dialog.contains(doc.elementFromPoint(left + width / 2, top + height / 2));
  });
  return hit ?? open.at(-1);
}
