/** The paragraph under the pointer: its words as the page says them, and where it is. */
import { createRange, matches, ownerDocument, selectAll, shadowRootOf } from '../../dom/pristine.ts';
import { elementFromPoint } from '../../dom/pristine-document.ts';
import { parentAcross } from '../../dom/flat-tree.ts';
import { encode } from '../../dom/inline-marks.ts';
import { type Layout, layoutByStyle, type Paragraph, paragraphsOf } from '../../dom/paragraphs.ts';
import { type Box, declaredLanguage } from '../selected.ts';

/** Pixels around a line within which the pointer is on it. */
const NEAR = 6;
/** Elements up to the block that a text is in; deeper ones are no text. */
const MOST_INLINE = 100;

export interface Pointed {
  /** The same node for the same paragraph. */
  readonly node: Node;
  /** In lines, where the page shows it so. */
  readonly text: string;
  /** BCP 47; as the page declares it. */
  readonly lang: string | undefined;
  /** In CSS pixels of the viewport. */
  box(): Box;
}

export interface Spot {
  readonly x: number;
  readonly y: number;
}

/** `at`: in CSS pixels of the viewport; without it, the paragraph that is hovered, if it is alone in its block. */
export function pointedText(
  doc: Document,
  at: Spot | undefined,
  layout: Layout = layoutByStyle,
): Pointed | undefined {
  const element = at === undefined ? selectAll(doc, ':hover').at(-1) : elementAt(doc, at);
  const block = element === undefined ? undefined : blockAround(element, layout);
  if (block === undefined) return undefined;
  const paragraphs = paragraphsOf(block, layout);
  const [only] = paragraphs;
  const found =
    at === undefined
      ? paragraphs.length === 1
        ? only
        : undefined
      : paragraphs.find((paragraph) => linesOf(paragraph).some((line) => isOn(line, at)));
  if (found === undefined) return undefined;
  const { plain } = encode(found.nodes, found.verbatim);
  if (plain === '') return undefined;
  return {
    node: found.nodes[0],
    text: plain,
    lang: declaredLanguage(found.parent),
    box: () => rangeOf(found).getBoundingClientRect(),
  };
}

/** The innermost element, in open shadow roots too. */
function elementAt(doc: Document, { x, y }: Spot): Element | undefined {
  let element = elementFromPoint(doc, x, y);
  for (;;) {
    const inner: Element | null = (element && shadowRootOf(element))?.elementFromPoint(x, y) ?? null;
    if (inner === null || inner === element) return element ?? undefined;
    element = inner;
  }
}

function blockAround(element: Element, layout: Layout): Element | undefined {
  let at: Element | null = element;
  for (let steps = 0; at !== null && steps < MOST_INLINE; steps++) {
    // What a person writes is not read by pointing at it.
    if (matches(at, 'input, textarea, select')) return undefined;
    if (layout(at) === 'block') return at;
    at = parentAcross(at);
  }
  return undefined;
}

function rangeOf({ nodes }: Paragraph): Range {
  const range = createRange(ownerDocument(nodes[0])!);
  range.setStartBefore(nodes[0]);
  range.setEndAfter(nodes.at(-1)!);
  return range;
}

const linesOf = (paragraph: Paragraph): readonly Box[] => [...rangeOf(paragraph).getClientRects()];

/** Whether a point is on a box or close to it. */
export const isOn = ({ left, top, right, bottom }: Box, { x, y }: Spot, near = NEAR): boolean =>
  x >= left - near && x <= right + near && y >= top - near && y <= bottom + near;
