/**
 * Keeps the focus when the focused element is removed, for example a form that was sent or an entry that was deleted. The
 * browser would move the focus to the document, and a screen reader would start again at its top. Instead, the nearest
 * ancestor that is still in the document gets the focus.
 */
export function keepFocus(root: HTMLElement): void {
  /** The element focused last and its ancestors, innermost first. */
  let path: readonly HTMLElement[] = [];
  root.addEventListener('focusin', ({ target }) => {
    path = pathTo(target as HTMLElement, root);
  });
  new MutationObserver(() => {
    if (path[0]?.isConnected !== false || document.activeElement !== document.body) return;
    const remaining = path.find((element) => element.isConnected);
    path = [];
    if (remaining === undefined) return;
    // The Tab key does not reach it, so it needs no focus ring.
    if (!remaining.hasAttribute('tabindex')) remaining.tabIndex = -1;
    remaining.dataset.keepsFocus = '';
    remaining.focus({ preventScroll: true });
  }).observe(root, { childList: true, subtree: true });
}

/** Returns the element and its ancestors below `root`, innermost first. */
function pathTo(element: HTMLElement, root: HTMLElement): HTMLElement[] {
  const path: HTMLElement[] = [];
  for (let at: HTMLElement | null = element; at !== null && at !== root; at = at.parentElement) {
    path.push(at);
  }
  return path;
}
