/**
 * The paragraph under the pointer: its words as the page says them, and where it is. Of a long one it is the sentence, since
 * its translation would be larger than the window.
 */
import { createRange, matches, ownerDocument, selectAll, shadowRootOf } from '../../dom/pristine.ts';
import { caretAt, elementFromPoint } from '../../dom/pristine-document.ts';
import { sentences } from '../../../text/sentences.ts';
import { parentAcross } from '../../dom/flat-tree.ts';
import { encode } from '../../dom/inline/inline-marks.ts';
import { type Layout, layoutByStyle, type Paragraph, paragraphsOf } from '../../dom/paragraphs.ts';
import { type Box, declaredLanguage } from '../selected.ts';

/** Pixels around a line within which the pointer is on it. */
const NEAR = 6;
/** Characters of a paragraph that is taken as a whole. */
const LONGEST = 700;
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
  const pointed = { node: found.nodes[0], lang: declaredLanguage(found.parent) };
  const sentence = at !== undefined && plain.length > LONGEST ? sentenceAt(doc, at, found, plain) : undefined;
  const line = at && linesOf(found).find((each) => isOn(each, at));
  if (sentence !== undefined && line !== undefined) return { ...pointed, text: sentence, box: () => line };
  return { ...pointed, text: plain, box: () => rangeOf(found).getBoundingClientRect() };
}

/** By the share of letters before the pointer: blanks and marks differ between the page and its plain text. */
function sentenceAt(doc: Document, { x, y }: Spot, paragraph: Paragraph, plain: string): string | undefined {
  const caret = caretAt(doc, x, y);
  const whole = rangeOf(paragraph);
  if (caret === null || !whole.isPointInRange(caret.startContainer, caret.startOffset)) return undefined;
  const before = whole.cloneRange();
  before.setEnd(caret.startContainer, caret.startOffset);
  let left = lettersOf(before.toString());
  const found = sentences(plain).find(({ text }) => {
    left -= lettersOf(text);
    return left < 0;
  });
  return found?.text.trim();
}

const lettersOf = (text: string): number => text.replace(/\s+/g, '').length;

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
