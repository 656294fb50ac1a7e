/** The interface shared by selections in a page, in form fields and in editable text. */
import { closestAcross, parentAcross } from '../dom/flat-tree.ts';
import { attributeOf } from '../dom/masks.ts';
import {
  containsNode,
  ELEMENT,
  getAttribute,
  headOf,
  isConnected,
  nodeType,
  ownerDocument,
  parentElement,
  selectAll,
} from '../dom/pristine.ts';

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  /** Set in vertical writing: where the next line is. */
  readonly columns?: 'leftward' | 'rightward' | undefined;
}

interface Start {
  readonly node: Node;
  readonly offset: number;
}

export interface Selected {
  readonly kind: 'page' | 'written';
  /** Paragraphs, separated by an empty line. */
  readonly text: string;
  /** The same text with marks for inline markup (marks.ts); undefined if there is none. */
  readonly marked?: string;
  /** The sentence around a selection that is a single word of the page. */
  readonly sentence?: string;
  /** BCP 47 tag that the page declares; absent if it declares none. */
  readonly lang?: string;
  /** Where it begins. Only to be compared: a page may change around it. */
  readonly start: Start;
  /** The current position, in CSS pixels of the viewport. */
  box(): Box;
  /**
   * Replaces the selection by the translation of `marked` or `text`, paragraph by paragraph. Undefined if the page does
   * not allow changes. Returns undefined if the text is no longer there.
   */
  readonly replace: ((translation: string) => Undo | undefined) | undefined;
}

/**
 * Whether two selections are the same words in the same place. A page that draws its text anew puts other nodes in the
 * place of those that it removes. A field that loses the focus leaves a selection that begins around it, and one in editable
 * text may begin at its element or at the text in it.
 */
export function isSameSelection(a: Selected, b: Selected): boolean {
  const plain = ({ text }: Selected) => text.replace(/\s+/g, ' ').trim();
  if (plain(a) !== plain(b)) return false;
  const [from, to] = [a.start, b.start];
  const isWritten = a.kind === 'written' || b.kind === 'written';
  return (
    (from.node === to.node && from.offset === to.offset) ||
    (isWritten && (containsInner(from.node, to.node) || containsInner(to.node, from.node))) ||
    !isConnected(from.node) ||
    !isConnected(to.node)
  );
}

const containsInner = (outer: Node, inner: Node): boolean => outer !== inner && containsNode(outer, inner);

/** Returns whether the original is restored; false if the page or the person has changed the text since. */
export type Undo = () => boolean | Promise<boolean>;

/** The language (BCP 47) that the page declares for a node; undefined if it declares none. */
export function declaredLanguage(node: Node): string | undefined {
  const element = nodeType(node) === ELEMENT ? (node as Element) : parentElement(node);
  const near = element === null ? undefined : closestLanguage(element);
  const declared = near ?? ofWholePage(ownerDocument(node));
  return declared?.split(',')[0]?.trim() || undefined;
}

/** Looks at the head alone: this is asked for every paragraph of a page. */
function ofWholePage(doc: Document | null): string | null {
  const head: Element | undefined = (doc && headOf(doc)) ?? undefined;
  const meta = head === undefined ? undefined : selectAll(head, 'meta[http-equiv="content-language" i]')[0];
  return meta === undefined ? null : getAttribute(meta, 'content');
}

/** Without the language that Linnet names for a translation. */
function closestLanguage(element: Element): string | undefined {
  for (let at = closestAcross(element, '[lang]'); at !== undefined; ) {
    const own = attributeOf(at, 'lang');
    if (own !== null) return own;
    const above = parentAcross(at);
    at = above === null ? undefined : closestAcross(above, '[lang]');
  }
  return undefined;
}

export const startOf = ({ startContainer, startOffset }: Range): Start => ({
  node: startContainer,
  offset: startOffset,
});

/** The box of the last selected line, where the pointer was released. */
export function lastBox(range: Range): Box {
  const lines = [...range.getClientRects()].filter(({ width, height }) => width > 0 && height > 0);
  const { left, top, right, bottom } = lines.at(-1) ?? range.getBoundingClientRect();
  return { left, top, right, bottom, columns: columnsAt(range.endContainer) };
}

function columnsAt(node: Node): Box['columns'] {
  const element = nodeType(node) === ELEMENT ? (node as Element) : parentElement(node);
  const mode = (element && globalThis.getComputedStyle?.(element).writingMode) ?? '';
  if (!/^(?:vertical|sideways)/.test(mode)) return undefined;
  return mode.endsWith('-rl') ? 'leftward' : 'rightward';
}
