/**
 * The flat tree of a document: a web component contributes the content of its shadow root, and a slot contributes the
 * nodes assigned to it. Closed shadow roots cannot be read. Also parent, `closest` and `contains` across shadow
 * roots; the DOM's own versions end at each root.
 */

import {
  assignedNodes,
  childNodes,
  closest,
  containsNode,
  ELEMENT,
  FRAGMENT,
  getRootNode,
  nodeName,
  nodeType,
  parentElement,
  selectAll,
  shadowRootOf,
} from './pristine.ts';

/** The nodes that are laid out in an element or slot, in order; slots among them are not looked into. */
export function childrenShown(node: Node): readonly ChildNode[] {
  if (nodeName(node) === 'SLOT') {
    const assigned = assignedNodes(node as HTMLSlotElement, { flatten: true });
    if (assigned.length > 0) return assigned as ChildNode[];
  }
  const root = nodeType(node) === ELEMENT ? shadowRootOf(node as Element) : null;
  return [...childNodes(root ?? node)];
}

/** The same, with what is in slots in their place. Neighbours here may be far apart in the document. */
export function shownChildren(node: Node): readonly ChildNode[] {
  const direct = childrenShown(node);
  if (direct.every((child) => nodeName(child) !== 'SLOT')) return direct;
  const found: ChildNode[] = [];
  const waiting = direct.toReversed();
  for (let child = waiting.pop(); child !== undefined; child = waiting.pop()) {
    if (nodeName(child) !== 'SLOT') found.push(child);
    else for (const inside of childrenShown(child).toReversed()) waiting.push(inside);
  }
  return found;
}

/** The host of the shadow root that contains a node; undefined for nodes of the document itself. */
function hostOf(node: Node): Element | undefined {
  const root = getRootNode(node);
  // `document.host` is a picture of the page if one has this name; a fragment has no such names.
  return nodeType(root) === FRAGMENT ? (root as Partial<ShadowRoot>).host : undefined;
}

export const parentAcross = (node: Node): Element | null => parentElement(node) ?? hostOf(node) ?? null;

/** All open shadow roots below `root`, nested ones included. */
export function openRoots(root: ParentNode): ShadowRoot[] {
  const found: ShadowRoot[] = [];
  for (const within of rootsFrom(root)) if (within !== root) found.push(within as ShadowRoot);
  return found;
}

/** `start` and the open shadow roots below it; not the one of `start` itself. */
function* rootsFrom(start: Node): Generator<Node> {
  const waiting = [start];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    yield at;
    const inside = selectAll(at, '*').flatMap((element) => shadowRootOf(element) ?? []);
    for (const root of inside.reverse()) waiting.push(root);
  }
}

export function containsAcross(outer: Element, node: Node): boolean {
  for (let at: Node | undefined = node; at !== undefined; at = hostOf(at))
    if (containsNode(outer, at)) return true;
  return false;
}

export function closestAcross(element: Element, selector: string): Element | undefined {
  for (let at: Element | undefined = element; at !== undefined; at = hostOf(at)) {
    const found = closest(at, selector);
    if (found !== null) return found;
  }
  return undefined;
}

/**
 * The elements below `root` that contain one matching `selector`, across shadow roots. Passes each element once, whatever
 * the depth.
 */
export function holdersAcross(root: Element, selector: string): ReadonlySet<Element> {
  const holders = new Set<Element>();
  const own = shadowRootOf(root);
  for (const start of own === null ? [root] : [root, own])
    for (const within of rootsFrom(start))
      for (const found of selectAll(within, selector))
        for (
          let at = parentAcross(found);
          at !== null && at !== root && !holders.has(at);
          at = parentAcross(at)
        )
          holders.add(at);
  return holders;
}
