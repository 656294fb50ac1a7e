/**
 * The document as it is seen: of a component of the page, what is in its shadow root, and in the place of a slot what was
 * put into it. Closed roots stay closed. Also the ways up and along in it, which the DOM's own ones end at each root.
 */

/** What is shown in an element, in order; neighbours here may lie apart in the document. */
export function* shownChildren(node: Node): Generator<ChildNode> {
  for (const child of ((node as Element).shadowRoot ?? node).childNodes) {
    if (child.nodeName !== 'SLOT') {
      yield child;
      continue;
    }
    const put = (child as unknown as HTMLSlotElement).assignedNodes?.({ flatten: true }) ?? [];
    if (put.length > 0) yield* put as ChildNode[];
    else yield* shownChildren(child);
  }
}

/** The component in whose shadow root a node lies; undefined outside of them. */
const hostOf = (node: Node): Element | undefined => (node.getRootNode() as Partial<ShadowRoot>).host;

export const parentAcross = (node: Node): Element | null => node.parentElement ?? hostOf(node) ?? null;

/** All open shadow roots within, also those within one another. */
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

/** For sorting: negative where `a` comes first. A component comes before what is in it. */
export function byDocumentOrder(a: Node, b: Node): number {
  const [one, other] = [withHosts(a), withHosts(b)];
  const differs = one.findIndex((node, i) => node !== other[i]);
  const [x, y] = [one[differs], other[differs]];
  if (x === undefined || y === undefined) return one.length - other.length;
  // Bit 4: `y` follows.
  return x.compareDocumentPosition(y) & 4 ? -1 : 1;
}

/** The components around a node, outermost first, and the node itself. */
function withHosts(node: Node): Node[] {
  const host = hostOf(node);
  return host === undefined ? [node] : [...withHosts(host), node];
}

/** Whether something that fits lies in an element, in its shadow root, or in those of what is in it. */
export function holdsAcross(root: ParentNode, selector: string): boolean {
  if (root.querySelector(selector) !== null) return true;
  const own = (root as Element).shadowRoot;
  if (own != null && holdsAcross(own, selector)) return true;
  return [...root.querySelectorAll('*')].some(
    ({ shadowRoot }) => shadowRoot != null && holdsAcross(shadowRoot, selector),
  );
}
