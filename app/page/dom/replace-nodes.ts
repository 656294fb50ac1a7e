import { insertBefore, ownerDocument, parentNode, removeChild } from './pristine.ts';
import { createTextNode } from './pristine-document.ts';

/**
 * Replaces neighbouring nodes of the page and returns an undo function. Undo puts the very same nodes back, with their
 * listeners, and returns true. If the page has changed that place meanwhile, undo leaves the change and returns false.
 */
export function replaceNodes(original: readonly ChildNode[], replacement: readonly Node[]): () => boolean {
  const first = original[0]!;
  const parent = parentNode(first)!;
  const inserted = replacement.length === 0 ? [createTextNode(ownerDocument(first)!, '')] : replacement;
  for (const node of inserted) insertBefore(parent, node, first);
  for (const node of original) detach(node);
  return () => {
    const intact =
      inserted.every((node) => parentNode(node) === parent) &&
      original.every((node) => parentNode(node) === null);
    if (!intact) return false;
    for (const node of original) insertBefore(parent, node, inserted[0]!);
    for (const node of inserted) detach(node);
    return true;
  };
}

/** Code of the page runs whenever an element is moved, and may have removed the next one. */
function detach(node: Node): void {
  const parent = parentNode(node);
  if (parent !== null) removeChild(parent, node);
}
