/**
 * Finds the paragraphs of a page. Each is a sequence of neighbouring inline nodes. Usually that is the whole content of
 * a block; in a block that mixes text with other blocks it is the text between those.
 *
 * Works on any DOM: a {@link Layout} function decides how an element is laid out, in tests by its name alone.
 */
import { holdsAcross, shownChildren } from './flat-tree.ts';
import { isUntranslatable, PHRASING } from './inline-marks.ts';

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
const TEXT = 3;
const ELEMENT = 1;

/** Lists the paragraphs in document order. */
export function paragraphsOf(root: Element, layout: Layout): Paragraph[] {
  const paragraphs: Paragraph[] = [];
  if (isReadable(root)) visit(root, layout, paragraphs);
  return paragraphs;
}

export const layoutByName: Layout = (element) =>
  INLINE.has(element.nodeName.toUpperCase()) ? 'inline' : 'block';

/** Decides by the computed style. */
export const layoutByStyle: Layout = (element) => {
  const byName = layoutByName(element);
  const { display } = getComputedStyle(element);
  // Hidden words within a line are not part of it; a hidden block may be opened later.
  if (display === 'none') return byName === 'inline' ? 'aside' : 'block';
  if (display === 'inline' || display === 'contents' || display.startsWith('ruby')) return 'inline';
  return display.startsWith('inline') ? byName : 'block';
};

function visit(parent: Element, layout: Layout, paragraphs: Paragraph[]): void {
  let line: ChildNode[] = [];
  const flush = () => {
    const nodes = trimmed(line);
    line = [];
    if (nodes !== undefined && hasWords(nodes)) paragraphs.push({ parent, nodes });
  };
  for (const child of shownChildren(parent)) {
    // Nodes that only slots bring together cannot be replaced as one sequence.
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
    if (kind === 'block') visit(element, layout, paragraphs);
  }
  flush();
}

function kindOf(element: Element, layout: Layout): 'inline' | 'block' | 'aside' | 'border' {
  if (element.nodeName.toUpperCase() === TRANSLATION_TAG) return 'border';
  const kind = layout(element);
  if (!isReadable(element)) return kind === 'block' && !isScript(element) ? 'border' : 'aside';
  return kind === 'inline' && holdsAcross(element, BLOCKS) ? 'block' : kind;
}

/** Scripts and styles may occur anywhere and are never displayed. */
const isScript = (element: Element): boolean =>
  ['SCRIPT', 'STYLE', 'TEMPLATE', 'NOSCRIPT'].includes(element.nodeName.toUpperCase());

function isReadable(element: Element): boolean {
  const editable = element.getAttribute('contenteditable');
  return (
    !SKIPPED.has(element.nodeName.toUpperCase()) &&
    (editable === null || editable === 'false') &&
    // Within a line it is copied unchanged; see inline-marks.ts.
    !(isUntranslatable(element) && !INLINE.has(element.nodeName.toUpperCase()))
  );
}

/** Two consecutive line breaks end a paragraph, as on old pages. */
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

/** Whether there is something to translate: numbers, signs and single letters are the same in every language. */
function hasWords(nodes: readonly ChildNode[]): boolean {
  const text = nodes.map((node) => (isWords(node) ? (node.textContent ?? '') : '')).join('');
  return /\p{L}.*\p{L}|[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]/su.test(text);
}

const isWords = (node: ChildNode): boolean =>
  node.nodeType === TEXT || (node.nodeType === ELEMENT && !SKIPPED.has(node.nodeName.toUpperCase()));
