/**
 * The flat tree of a document: a web component contributes the content of its shadow root, and a slot contributes the
 * nodes assigned to it. Closed shadow roots cannot be read. Also parent, `closest`, `contains` and document order
 * across shadow roots; the DOM's own versions end at each root.
 */

/** Yields the children displayed in an element, in order. Neighbours here may be far apart in the document. */
export function* shownChildren(node: Node): Generator<ChildNode> {
  for (const child of ((node as Element).shadowRoot ?? node).childNodes) {
    if (child.nodeName !== 'SLOT') {
      yield child;
      continue;
    }
    const assigned = (child as unknown as HTMLSlotElement).assignedNodes?.({ flatten: true }) ?? [];
    if (assigned.length > 0) yield* assigned as ChildNode[];
    else yield* shownChildren(child);
  }
}

/** The host of the shadow root that contains a node; undefined for nodes of the document itself. */
const hostOf = (node: Node): Element | undefined => (node.getRootNode() as Partial<ShadowRoot>).host;

export const parentAcross = (node: Node): Element | null => node.parentElement ?? hostOf(node) ?? null;

/** All open shadow roots below `root`, nested ones included. */
export function openRoots(root: ParentNode): ShadowRoot[] {
  return [...root.querySelectorAll('*')].flatMap(({ shadowRoot }) =>
    shadowRoot == null ? [] : [shadowRoot, ...openRoots(shadowRoot)],
  );
}

export function containsAcross(outer: Element, node: Node): boolean {
  for (let at: Node | undefined = node; at !== undefined; at = hostOf(at))
    if (outer.contains(at)) return true;
  return false;
}

export function closestAcross(element: Element, selector: string): Element | undefined {
  for (let at: Element | undefined = element; at !== undefined; at = hostOf(at)) {
    const found = at.closest(selector);
    if (found !== null) return found;
  }
  return undefined;
}

/** A comparator for sorting: negative if `a` comes first. A host comes before the content of its shadow root. */
export function byDocumentOrder(a: Node, b: Node): number {
  const [one, other] = [withHosts(a), withHosts(b)];
  const differs = one.findIndex((node, i) => node !== other[i]);
  const [x, y] = [one[differs], other[differs]];
  if (x === undefined || y === undefined) return one.length - other.length;
  // DOCUMENT_POSITION_FOLLOWING: `y` follows `x`.
  return x.compareDocumentPosition(y) & 4 ? -1 : 1;
}

/** The shadow hosts around a node, outermost first, then the node itself. */
function withHosts(node: Node): Node[] {
  const host = hostOf(node);
  return host === undefined ? [node] : [...withHosts(host), node];
}

/** Whether an element matching `selector` is below `root`, in its shadow root, or in a shadow root below it. */
export function holdsAcross(root: ParentNode, selector: string): boolean {
  if (root.querySelector(selector) !== null) return true;
  const own = (root as Element).shadowRoot;
  if (own != null && holdsAcross(own, selector)) return true;
  return [...root.querySelectorAll('*')].some(
    ({ shadowRoot }) => shadowRoot != null && holdsAcross(shadowRoot, selector),
  );
}
