/**
 * Runs in a page: the words that the browser shows, block by block, by its own layout. Nothing of Linnet's is used: each word
 * has the box of its range, and counts if its element is hit at its middle, once it is scrolled to.
 */

/** Words of the same block of the layout. */
export interface ShownBlock {
  /** Without those of the apparatus. */
  readonly words: readonly string[];
  /** All of them. */
  readonly all: readonly string[];
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** In navigation, or in what lies at the edge of a page or over it. */
  readonly beside: boolean;
}

/** Self-contained: it is sent to the page as its source. `apparatus`: elements that are not counted, formulas included. */
export async function shownBlocks(apparatus: string): Promise<ShownBlock[]> {
  interface Word {
    readonly text: string;
    readonly parent: Element;
    readonly counts: boolean;
    readonly root: DocumentOrShadowRoot;
    /** In the document, in CSS pixels. */
    readonly x: number;
    readonly y: number;
    seen: boolean;
  }
  interface Block {
    words: Word[];
    left: number;
    right: number;
    top: number;
    bottom: number;
  }
  const BESIDE =
    'nav, header:not(article header, main header), footer:not(article footer, main footer), aside, [role="navigation"], [role="banner"], [role="contentinfo"], [role="search"], [role="menu"]';
  const SKIPPED = /^(?:SCRIPT|STYLE|NOSCRIPT|TEMPLATE|TEXTAREA|SELECT|OPTION|BUTTON|TITLE|RT|RP)$/;
  const blocks = new Map<Element, Block>();
  const parentOf = (element: Element): Element | null =>
    element.assignedSlot ??
    element.parentElement ??
    (element.getRootNode() as Partial<ShadowRoot>).host ??
    null;
  const around = (element: Element, selector: string): boolean => {
    for (let at: Element | null = element; at !== null; at = parentOf(at))
      if (at.matches(selector)) return true;
    return false;
  };
  const blockOf = (element: Element): Element => {
    let at = element;
    while (/^(?:inline$|contents|ruby)/.test(getComputedStyle(at).display)) {
      const above = parentOf(at);
      if (above === null) break;
      at = above;
    }
    return at;
  };
  const skips = (element: Element): boolean => {
    for (let at: Element | null = element; at !== null; at = parentOf(at))
      if (SKIPPED.test(at.nodeName)) return true;
    return false;
  };
  const add = (node: Text, view: { x: number; y: number }, root: DocumentOrShadowRoot) => {
    const parent = node.parentElement ?? (node.getRootNode() as Partial<ShadowRoot>).host;
    if (parent === undefined || parent === null || skips(parent)) return;
    if (!parent.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return;
    const counts = !around(parent, apparatus);
    const range = node.ownerDocument.createRange();
    for (const { 0: text, index } of node.data.matchAll(/[\p{L}\p{N}]+/gu)) {
      range.setStart(node, index);
      range.setEnd(node, index + text.length);
      const [box] = range.getClientRects();
      if (box === undefined || box.width < 1 || box.height < 4) continue;
      const [left, top] = [box.left + view.x + scrollX, box.top + view.y + scrollY];
      const [x, y] = [left + box.width / 2, top + box.height / 2];
      const element = blockOf(parent);
      const block = blocks.get(element) ?? { words: [], left, right: left, top, bottom: top };
      blocks.set(element, block);
      block.words.push({ text, parent, counts, root, x, y, seen: false });
      block.left = Math.min(block.left, left);
      block.right = Math.max(block.right, left + box.width);
      block.top = Math.min(block.top, top);
      block.bottom = Math.max(block.bottom, top + box.height);
    }
  };
  const walk = (root: Node, view: { x: number; y: number }, from: DocumentOrShadowRoot) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    for (let node: Node | null = walker.currentNode; node !== null; node = walker.nextNode()) {
      if (node.nodeType === Node.TEXT_NODE) {
        if (/[\p{L}\p{N}]/u.test((node as Text).data)) add(node as Text, view, from);
        continue;
      }
      if (node.nodeType !== Node.ELEMENT_NODE) continue;
      const element = node as Element;
      if (element.shadowRoot !== null) walk(element.shadowRoot, view, element.shadowRoot);
      const inner = element.nodeName === 'IFRAME' ? (element as HTMLIFrameElement).contentDocument : null;
      if (inner?.body !== undefined && inner?.body !== null) {
        const { left, top } = element.getBoundingClientRect();
        walk(inner.body, { x: view.x + left, y: view.y + top }, inner);
      }
    }
  };
  walk(document.body, { x: 0, y: 0 }, document);

  /** Whether the page shows the parent of a word where its middle is. */
  const isHit = ({ parent, root, x, y }: Word): boolean => {
    const frame = parent.ownerDocument.defaultView?.frameElement;
    const [left, top] = frame
      ? [frame.getBoundingClientRect().left, frame.getBoundingClientRect().top]
      : [0, 0];
    // An element without a box is hit as the one around it.
    let boxed = parent;
    while (getComputedStyle(boxed).display === 'contents')
      boxed = parentOf(boxed) ?? boxed.ownerDocument.body;
    return boxed.contains(root.elementFromPoint(x - scrollX - left, y - scrollY - top));
  };
  const words = [...blocks.values()].flatMap((block) => block.words);
  for (let at = 0; at <= document.documentElement.scrollHeight; at += Math.floor(innerHeight * 0.7)) {
    scrollTo(0, at);
    for (const word of words) {
      const [x, y] = [word.x - scrollX, word.y - scrollY];
      if (word.seen || x < 0 || x >= innerWidth || y < 0 || y >= innerHeight) continue;
      word.seen = isHit(word) || getComputedStyle(word.parent).pointerEvents === 'none';
    }
  }
  scrollTo(0, 0);
  return [...blocks].flatMap(([element, { words: all, left, right, top, bottom }]) => {
    const seen = all.filter((word) => word.seen);
    const textOf = (some: readonly Word[]) => some.map(({ text }) => text);
    const counted = textOf(seen.filter(({ counts }) => counts));
    if (counted.length === 0) return [];
    return [{ words: counted, all: textOf(seen), left, right, top, bottom, beside: around(element, BESIDE) }];
  });
}
