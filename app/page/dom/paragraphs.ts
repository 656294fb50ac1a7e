/**
 * The paragraphs of a page, as it lies in the document: each a run of neighbouring nodes in one line of text. In most
 * cases that is all a paragraph has in it; in a block that mixes text with other blocks it is the text between them.
 *
 * Works on any DOM: how an element is laid out is asked of {@link Layout}, in tests of its name alone.
 */
import { holdsAcross, shownChildren } from './flat-tree.ts';
import { isUntranslatable, PHRASING } from './inline-marks.ts';

export interface Paragraph {
  readonly parent: Element;
  /** Neighbours, from the first to the last that says something; children of `parent`, or shown in it by a slot. */
  readonly nodes: readonly [ChildNode, ...ChildNode[]];
}

/** `aside`: not to be read, and no border between paragraphs either. */
export type Layout = (element: Element) => 'inline' | 'block' | 'aside';

const names = (list: string) => new Set(list.split(' '));
/** Never translated, whatever is in them. */
const CLOSED = names(
  'SCRIPT STYLE NOSCRIPT TEMPLATE SVG CANVAS IFRAME OBJECT EMBED AUDIO VIDEO SELECT TEXTAREA INPUT BUTTON MATH HEAD PRE',
);
const IN_LINE = new Set([...PHRASING, ...names('CODE KBD SAMP VAR IMG BR WBR RT RP SLOT')]);
const BLOCKS =
  'address,article,aside,blockquote,dd,details,div,dl,dt,fieldset,figcaption,figure,footer,form,h1,h2,h3,h4,h5,h6,header,hr,li,main,nav,ol,p,pre,section,table,ul';
/** What Linnet has put into the page. */
export const OURS = 'LINNET-TRANSLATION';
const TEXT = 3;
const ELEMENT = 1;

/** In the order of the document. */
export function paragraphsOf(root: Element, layout: Layout): Paragraph[] {
  const runs: Paragraph[] = [];
  if (isReadable(root)) visit(root, layout, runs);
  return runs;
}

export const layoutByName: Layout = (element) =>
  IN_LINE.has(element.nodeName.toUpperCase()) ? 'inline' : 'block';

/** As the browser shows it. */
export const layoutByStyle: Layout = (element) => {
  const byName = layoutByName(element);
  const { display } = getComputedStyle(element);
  // Hidden words within a line are no part of it; a hidden block may be opened later.
  if (display === 'none') return byName === 'inline' ? 'aside' : 'block';
  if (display === 'inline' || display === 'contents' || display.startsWith('ruby')) return 'inline';
  return display.startsWith('inline') ? byName : 'block';
};

function visit(parent: Element, layout: Layout, runs: Paragraph[]): void {
  let line: ChildNode[] = [];
  const flush = () => {
    const nodes = trimmed(line);
    line = [];
    if (nodes !== undefined && saysSomething(nodes)) runs.push({ parent, nodes });
  };
  for (const child of shownChildren(parent)) {
    // What slots bring together cannot be replaced as one.
    if (line.length > 0 && line.at(-1)!.nextSibling !== child) flush();
    if (child.nodeType !== ELEMENT) {
      line.push(child);
      continue;
    }
    const element = child as unknown as Element;
    const kind = kindOf(element, layout);
    if (kind === 'inline' && !isSecondBreak(element)) line.push(child);
    else if (kind === 'aside') line.push(child);
    else flush();
    if (kind === 'block') visit(element, layout, runs);
  }
  flush();
}

function kindOf(element: Element, layout: Layout): 'inline' | 'block' | 'aside' | 'border' {
  if (element.nodeName.toUpperCase() === OURS) return 'border';
  const kind = layout(element);
  if (!isReadable(element)) return kind === 'block' && !isScript(element) ? 'border' : 'aside';
  return kind === 'inline' && holdsAcross(element, BLOCKS) ? 'block' : kind;
}

/** Scripts and styles lie anywhere and are nowhere to be seen. */
const isScript = (element: Element): boolean =>
  ['SCRIPT', 'STYLE', 'TEMPLATE', 'NOSCRIPT'].includes(element.nodeName.toUpperCase());

function isReadable(element: Element): boolean {
  const editable = element.getAttribute('contenteditable');
  return (
    !CLOSED.has(element.nodeName.toUpperCase()) &&
    (editable === null || editable === 'false') &&
    // Within a line it is kept as it is; see inline-marks.ts.
    !(isUntranslatable(element) && !IN_LINE.has(element.nodeName.toUpperCase()))
  );
}

/** Two line breaks after one another end a paragraph, as on pages of the old web. */
function isSecondBreak(element: Element): boolean {
  if (element.nodeName !== 'BR') return false;
  const beside = (step: 'previousSibling' | 'nextSibling') => {
    let node: Node | null = element[step];
    while (node !== null && node.nodeType !== ELEMENT && (node.nodeValue ?? '').trim() === '')
      node = node[step];
    return node?.nodeName === 'BR';
  };
  return beside('nextSibling') || beside('previousSibling');
}

function trimmed(line: ChildNode[]): Paragraph['nodes'] | undefined {
  const isBlank = (node: ChildNode) =>
    node.nodeType === ELEMENT
      ? (node.textContent ?? '').trim() === '' || isScript(node as unknown as Element)
      : node.nodeType !== TEXT || (node.nodeValue ?? '').trim() === '';
  let start = 0;
  let end = line.length;
  while (start < end && isBlank(line[start]!)) start++;
  while (end > start && isBlank(line[end - 1]!)) end--;
  const nodes = line.slice(start, end);
  return nodes.length === 0 ? undefined : (nodes as [ChildNode, ...ChildNode[]]);
}

/** Numbers and signs are the same in every language; so is a single letter. */
function saysSomething(nodes: readonly ChildNode[]): boolean {
  const text = nodes.map((node) => (isWords(node) ? (node.textContent ?? '') : '')).join('');
  return /\p{L}.*\p{L}|[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]/su.test(text);
}

const isWords = (node: ChildNode): boolean =>
  node.nodeType === TEXT || (node.nodeType === ELEMENT && !CLOSED.has(node.nodeName.toUpperCase()));
