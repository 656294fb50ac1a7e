/**
 * Finds the paragraphs of a page. Each is a sequence of neighbouring inline nodes. Usually that is the whole content of
 * a block; in a block that mixes text with other blocks it is the text between those.
 *
 * Works on any DOM: a {@link Layout} function decides how an element is laid out, in tests by its name alone.
 */
import { holdersAcross, shownChildren } from './flat-tree.ts';
import { isUntranslatable, PHRASING } from './inline-marks.ts';
import {
  ELEMENT,
  getAttribute,
  nameOf,
  nextSibling,
  nodeName,
  nodeType,
  nodeValue,
  previousSibling,
  TEXT,
  textContent,
} from './pristine.ts';

export interface Paragraph {
  readonly parent: Element;
  /** Neighbouring nodes without blank ones at either end; children of `parent`, or displayed in it by a slot. */
  readonly nodes: readonly [ChildNode, ...ChildNode[]];
}

/** `aside`: not read, and does not end a paragraph either. */
export type Layout = (element: Element) => 'inline' | 'block' | 'aside';

const names = (list: string) => new Set(list.split(' '));
/** Elements whose content is never translated. */
const SKIPPED = names(
  'SCRIPT STYLE NOSCRIPT TEMPLATE SVG CANVAS IFRAME OBJECT EMBED AUDIO VIDEO SELECT TEXTAREA INPUT BUTTON MATH HEAD PRE',
);
const INLINE = new Set([...PHRASING, ...names('CODE KBD SAMP VAR IMG BR WBR RT RP SLOT')]);
const BLOCKS =
  'address,article,aside,blockquote,dd,details,div,dl,dt,fieldset,figcaption,figure,footer,form,h1,h2,h3,h4,h5,h6,header,hr,li,main,nav,ol,p,pre,section,table,ul';
/** The element that Linnet inserts for a translation. */
export const TRANSLATION_TAG = 'LINNET-TRANSLATION';

/** A block whose children are being looked at. */
interface Open {
  readonly parent: Element;
  readonly children: readonly ChildNode[];
  next: number;
  /** The neighbouring inline nodes before the next child. */
  line: ChildNode[];
}

/** Lists the paragraphs in document order. Steps over the nodes without recursion, a bounded number of times each. */
export function paragraphsOf(root: Element, layout: Layout): Paragraph[] {
  const paragraphs: Paragraph[] = [];
  const holders = holdersAcross(root, BLOCKS);
  const open: Open[] = [];
  const enter = (parent: Element) =>
    open.push({ parent, children: shownChildren(parent), next: 0, line: [] });
  const flush = (block: Open) => {
    const nodes = trimmed(block.line);
    block.line = [];
    if (nodes !== undefined && hasWords(nodes)) paragraphs.push({ parent: block.parent, nodes });
  };
  if (isReadable(root)) enter(root);
  for (let block = open.at(-1); block !== undefined; block = open.at(-1)) {
    const child = block.children[block.next++];
    const last = block.line.at(-1);
    // Nodes that only slots bring together cannot be replaced as one sequence.
    if (last !== undefined && (child === undefined || nextSibling(last) !== child)) flush(block);
    if (child === undefined) {
      open.pop();
      continue;
    }
    const kind =
      nodeType(child) === ELEMENT ? kindOf(child as unknown as Element, layout, holders) : 'inline';
    if (kind === 'aside' || (kind === 'inline' && !isSecondBreak(child))) block.line.push(child);
    else flush(block);
    if (kind === 'block') enter(child as unknown as Element);
  }
  return paragraphs;
}

export const layoutByName: Layout = (element) => (INLINE.has(nameOf(element)) ? 'inline' : 'block');

/** Decides by the computed style. */
export const layoutByStyle: Layout = (element) => {
  const byName = layoutByName(element);
  const { display } = getComputedStyle(element);
  // Hidden words within a line are not part of it; a hidden block may be opened later.
  if (display === 'none') return byName === 'inline' ? 'aside' : 'block';
  if (display === 'inline' || display === 'contents' || display.startsWith('ruby')) return 'inline';
  return display.startsWith('inline') ? byName : 'block';
};

/** `holders`: the elements that contain a block. */
function kindOf(
  element: Element,
  layout: Layout,
  holders: ReadonlySet<Element>,
): 'inline' | 'block' | 'aside' | 'border' {
  if (nameOf(element) === TRANSLATION_TAG) return 'border';
  const kind = layout(element);
  if (!isReadable(element)) return kind === 'block' && !isScript(element) ? 'border' : 'aside';
  return kind === 'inline' && holders.has(element) ? 'block' : kind;
}

/** Scripts and styles may occur anywhere and are never displayed. */
const isScript = (element: Element): boolean =>
  ['SCRIPT', 'STYLE', 'TEMPLATE', 'NOSCRIPT'].includes(nameOf(element));

function isReadable(element: Element): boolean {
  const editable = getAttribute(element, 'contenteditable');
  const name = nameOf(element);
  return (
    !SKIPPED.has(name) &&
    (editable === null || editable === 'false') &&
    // Within a line it is copied unchanged; see inline-marks.ts.
    !(isUntranslatable(element) && !INLINE.has(name))
  );
}

/** Two consecutive line breaks end a paragraph, as on old pages. */
function isSecondBreak(node: Node): boolean {
  if (nodeName(node) !== 'BR') return false;
  const beside = (step: (node: Node) => Node | null) => {
    let at = step(node);
    while (at !== null && nodeType(at) !== ELEMENT && (nodeValue(at) ?? '').trim() === '') at = step(at);
    return at !== null && nodeName(at) === 'BR';
  };
  return beside(nextSibling) || beside(previousSibling);
}

function trimmed(line: ChildNode[]): Paragraph['nodes'] | undefined {
  const isBlank = (node: ChildNode) =>
    nodeType(node) === ELEMENT
      ? (textContent(node) ?? '').trim() === '' || isScript(node as unknown as Element)
      : nodeType(node) !== TEXT || (nodeValue(node) ?? '').trim() === '';
  let start = 0;
  let end = line.length;
  while (start < end && isBlank(line[start]!)) start++;
  while (end > start && isBlank(line[end - 1]!)) end--;
  const nodes = line.slice(start, end);
  return nodes.length === 0 ? undefined : (nodes as [ChildNode, ...ChildNode[]]);
}

/** Whether there is something to translate: numbers, signs and single letters are the same in every language. */
function hasWords(nodes: readonly ChildNode[]): boolean {
  const text = nodes.map((node) => (isWords(node) ? (textContent(node) ?? '') : '')).join('');
  return /\p{L}.*\p{L}|[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]/su.test(text);
}

const isWords = (node: ChildNode): boolean =>
  nodeType(node) === TEXT || (nodeType(node) === ELEMENT && !SKIPPED.has(nameOf(node)));
