/**
 * Other nodes in the place of a run of the page's own, with an exact way back: the very same nodes return, with
 * whatever listens on them. Where the page has meanwhile changed that place itself, its change stays, and the way back
 * gives false.
 */
export function replaceNodes(own: readonly ChildNode[], by: readonly Node[]): () => boolean {
  const first = own[0]!;
  const parent = first.parentNode!;
  const shown = by.length === 0 ? [first.ownerDocument!.createTextNode('')] : by;
  for (const node of shown) parent.insertBefore(node, first);
  for (const node of own) node.remove();
  return () => {
    const intact =
      shown.every((node) => node.parentNode === parent) && own.every((node) => node.parentNode === null);
    if (!intact) return false;
    for (const node of own) parent.insertBefore(node, shown[0]!);
    for (const node of shown) parent.removeChild(node);
    return true;
  };
}
