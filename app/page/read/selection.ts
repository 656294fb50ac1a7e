/**
 * What is selected on a page: its paragraphs, where it is, and how to put something else in its place and take it
 * back. Fields and editable text have their own way to be changed (editing.ts).
 */
import { type Box, type Selected, declaredLanguage, lastBox } from './selected.ts';
import { selectedInEditable, selectedInField } from './editing.ts';
import { openRoots, parentAcross } from '../dom/flat-tree.ts';
import { decode, encode } from '../dom/inline-marks.ts';
import { type Layout, layoutByStyle, type Paragraph, paragraphsOf } from '../dom/paragraphs.ts';
import { replaceNodes } from '../dom/replace-nodes.ts';

/** Undefined when nothing is selected. */
export function currentSelection(doc: Document, layout: Layout = layoutByStyle): Selected | undefined {
  const field = selectedInField(doc);
  if (field !== undefined) return field;
  const selection = doc.getSelection();
  if (selection === null || selection.rangeCount === 0) return undefined;
  const within = selection.isCollapsed ? rangeInComponent(doc, selection) : undefined;
  if (selection.isCollapsed && within === undefined) return undefined;
  const range = within ?? selection.getRangeAt(0).cloneRange();
  const shown = (within ?? selection).toString();
  return selectedInEditable(range, shown) ?? selectedOnPage(range, shown, layout);
}

/** Seen from the document, what is selected in a component of the page is nothing, at the component's place. */
function rangeInComponent(
  doc: Document,
  // Chromium 137 and later.
  selection: Partial<Pick<Selection, 'getComposedRanges'>>,
): Range | undefined {
  const [found] = selection.getComposedRanges?.({ shadowRoots: openRoots(doc) }) ?? [];
  if (found === undefined || found.collapsed) return undefined;
  const range = doc.createRange();
  range.setStart(found.startContainer, found.startOffset);
  range.setEnd(found.endContainer, found.endOffset);
  // From one component into another it is no range of either.
  return range.collapsed ? undefined : range;
}

function selectedOnPage(range: Range, shown: string, layout: Layout): Selected | undefined {
  const parts = partsOf(range, layout);
  // What is no paragraph, such as program text, is taken as it is.
  const text = parts.length === 0 ? shown.trim() : parts.map(({ encoded }) => encoded.plain).join('\n\n');
  if (text === '') return undefined;
  const marked = parts.some(({ encoded }) => encoded.marked !== undefined)
    ? parts.map(({ encoded }) => encoded.marked ?? encoded.plain).join('\n\n')
    : undefined;
  return {
    kind: 'page',
    text,
    ...(marked === undefined ? {} : { marked }),
    lang: declaredLanguage(range.commonAncestorContainer),
    box: () => lastBox(range),
    replace: (by) => (parts.length === 0 ? replaceRange(range, by) : replaceParts(parts, by)),
  };
}

/** `text` as the browser gives it, where the page's own document does not have it; shown over the frame that it is in. */
export function selectedElsewhere(doc: Document, text: string): Selected | undefined {
  const plain = text.trim();
  if (plain === '') return undefined;
  const frame = doc.activeElement?.matches('iframe, frame, embed, object') ? doc.activeElement : undefined;
  return {
    kind: 'page',
    text: plain,
    box: () => middleOf((frame ?? doc.documentElement).getBoundingClientRect(), doc),
    replace: undefined,
  };
}

/** The middle of what can be seen of a box, as a box without a size. */
function middleOf({ left, top, right, bottom }: Box, { defaultView }: Document): Box {
  const { innerWidth = 0, innerHeight = 0 } = defaultView ?? {};
  const x = (Math.max(left, 0) + Math.min(right, innerWidth)) / 2;
  const y = (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2;
  return { left: x, top: y, right: x, bottom: y };
}

/** A paragraph as far as it is selected, with copies of what lies before and after. */
interface SelectedPart {
  readonly run: Paragraph;
  readonly before: DocumentFragment;
  readonly after: DocumentFragment;
  readonly encoded: ReturnType<typeof encode>;
}

function partsOf(range: Range, layout: Layout): SelectedPart[] {
  const { commonAncestorContainer: common } = range;
  let root = common.nodeType === 1 ? (common as Element) : parentAcross(common);
  while (root !== null && layout(root) !== 'block') root = parentAcross(root);
  if (root === null) return [];
  return paragraphsOf(root, layout)
    .filter(({ nodes }) => range.intersectsNode(nodes[0]) || nodes.some((node) => range.intersectsNode(node)))
    .map((run) => partOf(run, range))
    .filter(({ encoded }) => encoded.plain !== '');
}

function partOf(run: Paragraph, range: Range): SelectedPart {
  const whole = run.parent.ownerDocument.createRange();
  whole.setStartBefore(run.nodes[0]);
  whole.setEndAfter(run.nodes.at(-1)!);
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
    run,
    before: before.cloneContents(),
    after: after.cloneContents(),
    encoded: encode(inside.cloneContents().childNodes),
  };
}

function replaceParts(parts: readonly SelectedPart[], translation: string): () => boolean {
  const texts = translation.split('\n\n');
  const backs = parts.flatMap(({ run, before, after, encoded }, index) => {
    const text = texts[index] ?? '';
    // Not translated yet, or holds something that words cannot stand for.
    if (text === '' || encoded.opaque) return [];
    const nodes = decode(encoded, text, 'instead', run.parent.ownerDocument);
    return [replaceNodes(run.nodes, [...copies(before), ...nodes, ...copies(after)])];
  });
  return () =>
    backs
      .toReversed()
      .map((back) => back())
      .every(Boolean);
}

const copies = (fragment: DocumentFragment): ChildNode[] => [...fragment.cloneNode(true).childNodes];

/** Text in the place of a range, within whatever element that is. */
function replaceRange(range: Range, by: string): () => boolean {
  const { commonAncestorContainer: common, startContainer, startOffset, endContainer, endOffset } = range;
  if (common.nodeType === 3) {
    const node = common as Text;
    const text = node.ownerDocument.createTextNode(
      node.data.slice(0, startOffset) + by + node.data.slice(endOffset),
    );
    return replaceNodes([node], [text]);
  }
  const parent = common as Element;
  const copy = parent.cloneNode(true) as Element;
  const inCopy = parent.ownerDocument.createRange();
  inCopy.setStart(at(copy, pathTo(parent, startContainer)), startOffset);
  inCopy.setEnd(at(copy, pathTo(parent, endContainer)), endOffset);
  inCopy.deleteContents();
  inCopy.insertNode(parent.ownerDocument.createTextNode(by));
  return replaceNodes([...parent.childNodes], [...copy.childNodes]);
}

function pathTo(root: Node, node: Node): number[] {
  const path: number[] = [];
  for (let now = node; now !== root; now = now.parentNode!) {
    path.unshift([...now.parentNode!.childNodes].indexOf(now as ChildNode));
  }
  return path;
}

function at(root: Node, path: readonly number[]): Node {
  return path.reduce<Node>((node, index) => node.childNodes[index]!, root);
}
