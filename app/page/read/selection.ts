/**
 * Reads the selection on a page: its paragraphs, its position, and how to replace it and undo the replacement. Form
 * fields and editable text are replaced in another way (editing.ts).
 */
import { type Box, type Selected, declaredLanguage, lastBox, startOf } from './selected.ts';
import { selectedInEditable, selectedInField } from './editing.ts';
import { openRoots, parentAcross } from '../dom/flat-tree.ts';
import { decode } from '../dom/inline/inline-copies.ts';
import { encode } from '../dom/inline/inline-marks.ts';
import {
  boxOf,
  childNodes,
  cloneNode,
  createRange,
  documentElementOf,
  ELEMENT,
  matches,
  nodeType,
  ownerDocument,
  parentNode,
  TEXT,
  textContent,
  viewOf,
} from '../dom/pristine.ts';
import { activeElementOf, createTextNode, selectionOf } from '../dom/pristine-document.ts';
import { type Layout, layoutByStyle, type Paragraph, paragraphsOf } from '../dom/paragraphs.ts';
import { replaceNodes } from '../dom/replace-nodes.ts';
import { isWord, sentenceAround } from './words/words.ts';
import { withoutInvisible } from '../../text/characters/invisible.ts';

/** Returns undefined if nothing is selected. */
export function currentSelection(doc: Document, layout: Layout = layoutByStyle): Selected | undefined {
  const field = selectedInField(doc);
  if (field !== undefined) return field;
  const selection = selectionOf(doc);
  if (selection === null || selection.rangeCount === 0) return undefined;
  const within = selection.isCollapsed ? rangeInComponent(doc, selection) : undefined;
  if (selection.isCollapsed && within === undefined) return undefined;
  const range = within ?? selection.getRangeAt(0).cloneRange();
  const shown = (within ?? selection).toString();
  return selectedInEditable(range, shown) ?? selectedOnPage(range, shown, layout);
}

/** The selection inside a web component. The document reports it as collapsed, at the position of the component. */
function rangeInComponent(
  doc: Document,
  // Chromium 137 and later.
  selection: Partial<Pick<Selection, 'getComposedRanges'>>,
): Range | undefined {
  const [found] = selection.getComposedRanges?.({ shadowRoots: openRoots(doc) }) ?? [];
  if (found === undefined || found.collapsed) return undefined;
  const range = createRange(doc);
  range.setStart(found.startContainer, found.startOffset);
  range.setEnd(found.endContainer, found.endOffset);
  // A selection from one component into another is not a range of either.
  return range.collapsed ? undefined : range;
}

function selectedOnPage(range: Range, shown: string, layout: Layout): Selected | undefined {
  const parts = selectedParts(range, layout);
  // Text outside of paragraphs, such as program text, is used unchanged.
  const text =
    parts.length === 0
      ? withoutInvisible(shown).trim()
      : parts.map(({ encoded }) => encoded.plain).join('\n\n');
  if (text === '') return undefined;
  const marked = parts.some(({ encoded }) => encoded.marked !== undefined)
    ? parts.map(({ encoded }) => encoded.marked ?? encoded.plain).join('\n\n')
    : undefined;
  const [part] = parts;
  const sentence = parts.length === 1 && part !== undefined && isWord(text) ? sentenceOf(part) : undefined;
  return {
    kind: 'page',
    text,
    marked,
    ...(sentence === undefined ? {} : { sentence }),
    lang: declaredLanguage(range.commonAncestorContainer),
    start: startOf(range),
    box: () => lastBox(range),
    replace: (replacement) =>
      parts.length === 0 ? replaceRange(range, replacement) : replaceParts(parts, replacement),
  };
}

/**
 * A selection in another document, such as a frame. `text` comes from the browser; the box is the middle of the frame.
 */
export function selectedElsewhere(doc: Document, text: string): Selected | undefined {
  const plain = withoutInvisible(text).trim();
  if (plain === '') return undefined;
  const focused = activeElementOf(doc);
  const isFrame = focused !== null && matches(focused, 'iframe, frame, embed, object');
  const around = isFrame ? focused : documentElementOf(doc);
  return {
    kind: 'page',
    text: plain,
    start: { node: around ?? doc, offset: 0 },
    box: () => middleOf(around === null ? NOWHERE : boxOf(around), viewOf(doc)),
    replace: undefined,
  };
}

/** The middle of the visible part of a box, as a box of size zero. */
const NOWHERE: Box = { left: 0, top: 0, right: 0, bottom: 0 };

function middleOf({ left, top, right, bottom }: Box, view: Window | null): Box {
  const { innerWidth = 0, innerHeight = 0 } = view ?? {};
  const x = (Math.max(left, 0) + Math.min(right, innerWidth)) / 2;
  const y = (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2;
  return { left: x, top: y, right: x, bottom: y };
}

/** The selected part of a paragraph, with copies of the nodes before and after it. */
interface SelectedPart {
  readonly paragraph: Paragraph;
  readonly before: DocumentFragment;
  readonly after: DocumentFragment;
  readonly encoded: ReturnType<typeof encode>;
}

function selectedParts(range: Range, layout: Layout): SelectedPart[] {
  const { commonAncestorContainer: common } = range;
  let root = nodeType(common) === ELEMENT ? (common as Element) : parentAcross(common);
  while (root !== null && layout(root) !== 'block') root = parentAcross(root);
  if (root === null) return [];
  return paragraphsOf(root, layout)
    .filter(({ nodes }) => range.intersectsNode(nodes[0]) || nodes.some((node) => range.intersectsNode(node)))
    .map((paragraph) => selectedPart(paragraph, range))
    .filter(({ encoded }) => encoded.plain !== '');
}

function selectedPart(paragraph: Paragraph, range: Range): SelectedPart {
  const whole = createRange(docOf(paragraph.parent));
  whole.setStartBefore(paragraph.nodes[0]);
  whole.setEndAfter(paragraph.nodes.at(-1)!);
  const [before, inside, after] = [whole.cloneRange(), whole.cloneRange(), whole.cloneRange()];
  if (range.compareBoundaryPoints(Range.START_TO_START, whole) > 0) {
    inside.setStart(range.startContainer, range.startOffset);
  }
  if (range.compareBoundaryPoints(Range.END_TO_END, whole) < 0) {
    inside.setEnd(range.endContainer, range.endOffset);
  }
  before.setEnd(inside.startContainer, inside.startOffset);
  after.setStart(inside.endContainer, inside.endOffset);
  return {
    paragraph,
    before: before.cloneContents(),
    after: after.cloneContents(),
    encoded: encode(inside.cloneContents().childNodes),
  };
}

function sentenceOf({ before, encoded, after }: SelectedPart): string {
  const said = (nodes: DocumentFragment) => withoutInvisible(encode(nodes.childNodes).plain);
  // What is encoded has no blanks at its ends.
  const gap = (text: string, end: RegExp) => (end.test(text) ? ' ' : '');
  const [first, last] = [textContent(before) ?? '', textContent(after) ?? ''];
  return sentenceAround(said(before) + gap(first, /\s$/), encoded.plain, gap(last, /^\s/) + said(after));
}

function replaceParts(parts: readonly SelectedPart[], translation: string): () => boolean {
  const texts = translation.split('\n\n');
  const undos = parts.flatMap(({ paragraph, before, after, encoded }, index) => {
    const text = texts[index] ?? '';
    // Skips parts that are not translated yet, or contain something that text cannot replace.
    if (text === '' || encoded.opaque) return [];
    const nodes = decode(encoded, text, { place: 'instead', doc: docOf(paragraph.parent) });
    return [replaceNodes(paragraph.nodes, [...copies(before), ...nodes, ...copies(after)])];
  });
  return () =>
    undos
      .toReversed()
      .map((undo) => undo())
      .every(Boolean);
}

const copies = (fragment: DocumentFragment): ChildNode[] => [...fragment.cloneNode(true).childNodes];

/** Replaces a range by plain text, inside its common ancestor. */
function replaceRange(range: Range, replacement: string): () => boolean {
  const { commonAncestorContainer: common, startContainer, startOffset, endContainer, endOffset } = range;
  if (nodeType(common) === TEXT) {
    const node = common as Text;
    const text = createTextNode(
      docOf(node),
      node.data.slice(0, startOffset) + replacement + node.data.slice(endOffset),
    );
    return replaceNodes([node], [text]);
  }
  const parent = common as Element;
  const copy = cloneNode(parent, true) as Element;
  const doc = docOf(parent);
  const inCopy = createRange(doc);
  inCopy.setStart(at(copy, pathTo(parent, startContainer)), startOffset);
  inCopy.setEnd(at(copy, pathTo(parent, endContainer)), endOffset);
  inCopy.deleteContents();
  inCopy.insertNode(createTextNode(doc, replacement));
  return replaceNodes([...childNodes(parent)] as ChildNode[], [...childNodes(copy)]);
}

function pathTo(root: Node, node: Node): number[] {
  const path: number[] = [];
  for (let now = node; now !== root; now = parentNode(now)!) {
    path.unshift([...childNodes(parentNode(now)!)].indexOf(now as ChildNode));
  }
  return path;
}

function at(root: Node, path: readonly number[]): Node {
  return path.reduce<Node>((node, index) => childNodes(node)[index]!, root);
}

const docOf = (node: Node): Document => ownerDocument(node)!;
