/** Steps over all nodes of a tree in document order, without recursion. */
import { firstChild, nextSibling, parentNode } from './pristine.ts';

/** The node after `node` in document order, within `root`. */
export function following(node: Node, root: Node): Node | null {
  return firstChild(node) ?? followingOutside(node, root);
}

/** The same, without what is inside of `node`. */
export function followingOutside(node: Node, root: Node): Node | null {
  for (let at: Node | null = node; at !== null && at !== root; at = parentNode(at)) {
    const next = nextSibling(at);
    if (next !== null) return next;
  }
  return null;
}
