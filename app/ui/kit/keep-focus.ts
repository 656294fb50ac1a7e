/**
 * Focus that does not get lost. What has it may go away by its own doing: the form that was sent, the entry that was
 * deleted, the button that began an answer. Then the browser gives the focus to the whole document, and a screen reader
 * begins anew at its top. Here it goes to the nearest place around it that is still there.
 */
export function keepFocus(root: HTMLElement): void {
  /** What had the focus last, and what stands around it, from the inside out. */
  let trail: readonly HTMLElement[] = [];
  root.addEventListener('focusin', ({ target }) => {
    trail = around(target as HTMLElement, root);
  });
  new MutationObserver(() => {
    if (trail[0]?.isConnected !== false || document.activeElement !== document.body) return;
    const place = trail.find((element) => element.isConnected);
    trail = [];
    if (place === undefined) return;
    // No key leads to it, only this; it needs no ring of its own.
    if (!place.hasAttribute('tabindex')) place.tabIndex = -1;
    place.dataset.keepsFocus = '';
    place.focus({ preventScroll: true });
  }).observe(root, { childList: true, subtree: true });
}

function around(element: HTMLElement, root: HTMLElement): HTMLElement[] {
  const found: HTMLElement[] = [];
  for (let at: HTMLElement | null = element; at !== null && at !== root; at = at.parentElement)
    found.push(at);
  return found;
}
