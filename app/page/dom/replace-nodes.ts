/**
 * Replaces neighbouring nodes of the page and returns an undo function. Undo puts the very same nodes back, with their
 * listeners, and returns true. If the page has changed that place meanwhile, undo leaves the change and returns false.
 */
export function replaceNodes(original: readonly ChildNode[], replacement: readonly Node[]): () => boolean {
  const first = original[0]!;
  const parent = first.parentNode!;
  const inserted = replacement.length === 0 ? [first.ownerDocument!.createTextNode('')] : replacement;
  for (const node of inserted) parent.insertBefore(node, first);
  for (const node of original) node.remove();
  return () => {
    const intact =
      inserted.every((node) => node.parentNode === parent) &&
      original.every((node) => node.parentNode === null);
    if (!intact) return false;
    for (const node of original) parent.insertBefore(node, inserted[0]!);
    for (const node of inserted) parent.removeChild(node);
    return true;
  };
}
