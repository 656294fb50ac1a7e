/**
 * Finds the paragraphs of a page. Each is a sequence of neighbouring inline nodes. Usually that is the whole content of
 * a block; in a block that mixes text with other blocks it is the text between those. Entries of a list in one line are
 * paragraphs of their own, and so is what a button says.
 *
 * Works on any DOM: a {@link Layout} decides how an element is laid out, in tests by its name alone.
 */
import { holdersAcross, parentAcross, shownChildren } from './flat-tree.ts';
import { isControl, isUntranslatable, PHRASING } from './inline/inline-marks.ts';
import { isCode } from './code.ts';
import { isHiddenByLinnet, textOf, TRANSLATION_TAG, wordsOf } from './masks.ts';
import {
  ELEMENT,
  getAttribute,
  nameOf,
  nextSibling,
  nodeType,
  previousSibling,
  selectAll,
  TEXT,
} from './pristine.ts';

export interface Paragraph {
  readonly parent: Element;
  /** Neighbouring nodes without blank ones at either end; children of `parent`, or displayed in it by a slot. */
  readonly nodes: readonly [ChildNode, ...ChildNode[]];
  /** Whether line ends within its text nodes are seen as such. */
  readonly verbatim: boolean;
}

export interface Layout {
  /** `aside`: not read, and does not end a paragraph either. */
  (element: Element): 'inline' | 'block' | 'aside';
  /** Whether line ends in the text of an element are seen as such; without it, by name. */
  keepsLines?(element: Element): boolean;
}

const names = (list: string) => new Set(list.split(' '));
/** Elements whose content is never translated as a paragraph. */
const SKIPPED = names(
  'SCRIPT STYLE NOSCRIPT TEMPLATE SVG CANVAS IFRAME OBJECT EMBED AUDIO VIDEO SELECT TEXTAREA INPUT MATH HEAD',
);
const INLINE = new Set([...PHRASING, ...names('CODE KBD SAMP VAR IMG BR WBR RT RP SLOT')]);
const BLOCKS =
  'address,article,aside,blockquote,dd,details,div,dl,dt,fieldset,figcaption,figure,footer,form,h1,h2,h3,h4,h5,h6,header,hr,li,main,nav,ol,p,pre,section,table,ul';
/** Entries, however they are laid out. */
const ENTRIES = names('LI DT DD TD TH');

/** A block whose children are being looked at. */
interface Open {
  readonly parent: Element;
  readonly children: readonly ChildNode[];
  next: number;
  /** The neighbouring inline nodes before the next child. */
  line: ChildNode[];
}

/**
 * Lists the paragraphs, in document order but for buttons within a line. Steps over the nodes without recursion, a bounded
 * number of times each. `insisted`: elements that are translated although the page asks not to.
 */
export function paragraphsOf(
  root: Element,
  layout: Layout,
  insisted: ReadonlySet<Element> = new Set(),
): Paragraph[] {
  const paragraphs: Paragraph[] = [];
  const holders = new Set([...holdersAcross(root, BLOCKS), ...aroundSecondBreaks(root)]);
  const open: Open[] = [];
  const enter = (parent: Element) =>
    open.push({ parent, children: shownChildren(parent), next: 0, line: [] });
  const flush = ({ parent, line }: Open) => {
    for (const part of entriesOf(line)) {
      const nodes = trimmed(part.nodes);
      if (nodes === undefined || !hasWords(nodes)) continue;
      const within = part.parent ?? parent;
      paragraphs.push({ parent: within, nodes, verbatim: keepsLines(within, layout) });
    }
  };
  if (isReadable(root, insisted)) enter(root);
  for (let block = open.at(-1); block !== undefined; block = open.at(-1)) {
    const child = block.children[block.next++];
    const last = block.line.at(-1);
    // Nodes that only slots bring together cannot be replaced as one sequence.
    if (last !== undefined && (child === undefined || nextOwn(last) !== child)) {
      flush(block);
      block.line = [];
    }
    if (child === undefined) {
      open.pop();
      continue;
    }
    const isElement = nodeType(child) === ELEMENT;
    const element = child as unknown as Element;
    const kind = isElement ? kindOf(element, { layout, holders, insisted }) : 'inline';
    if (kind === 'none') continue;
    if (kind === 'aside' || kind === 'control' || (kind === 'inline' && !isSecondBreak(child)))
      block.line.push(child);
    else {
      flush(block);
      block.line = [];
    }
    if (kind === 'block' || (kind === 'control' && nameOf(child) === 'BUTTON')) enter(element);
  }
  return paragraphs;
}

export const layoutByName: Layout = (element) => (INLINE.has(nameOf(element)) ? 'inline' : 'block');

/** Decides by the computed style. */
export const layoutByStyle: Layout = (element) => {
  const byName = layoutByName(element);
  if (isHiddenByLinnet(element)) return byName;
  const { display } = getComputedStyle(element);
  // Hidden words within a line are not part of it; a hidden block may be opened later.
  if (display === 'none') return byName === 'inline' ? 'aside' : 'block';
  if (display === 'inline' || display === 'contents' || display.startsWith('ruby')) return 'inline';
  return display.startsWith('inline') ? byName : 'block';
};
layoutByStyle.keepsLines = (element) =>
  /^(?:pre|break-spaces)/.test(getComputedStyle(element).whiteSpace ?? '');

const keepsLines = (element: Element, layout: Layout): boolean =>
  layout.keepsLines?.(element) ?? nameOf(element) === 'PRE';

interface Rules {
  readonly layout: Layout;
  /** The elements that contain a block. */
  readonly holders: ReadonlySet<Element>;
  readonly insisted: ReadonlySet<Element>;
}

function kindOf(
  element: Element,
  { layout, holders, insisted }: Rules,
): 'inline' | 'block' | 'aside' | 'border' | 'control' | 'none' {
  const name = nameOf(element);
  if (name === TRANSLATION_TAG) return 'none';
  const kind = layout(element);
  if (isControl(element) && kind !== 'aside' && !isBlockControl(element)) return 'control';
  if (!isReadable(element, insisted)) return kind === 'block' && !isScript(element) ? 'border' : 'aside';
  if (name === 'PRE' && isCode(element)) return 'border';
  return kind === 'inline' && (holders.has(element) || ENTRIES.has(name)) ? 'block' : kind;
}

/** Whether a field or button takes a line of its own. */
function isBlockControl(element: Element): boolean {
  if (!['BUTTON', 'SELECT', 'INPUT', 'METER', 'PROGRESS'].includes(nameOf(element))) return true;
  const { display = 'inline-block' } = globalThis.getComputedStyle?.(element) ?? {};
  return nameOf(element) !== 'BUTTON' && !display.startsWith('inline');
}

/** Scripts and styles may occur anywhere and are never displayed. */
const isScript = (element: Element): boolean =>
  ['SCRIPT', 'STYLE', 'TEMPLATE', 'NOSCRIPT'].includes(nameOf(element));

function isReadable(element: Element, insisted: ReadonlySet<Element>): boolean {
  const editable = getAttribute(element, 'contenteditable');
  const name = nameOf(element);
  return (
    !SKIPPED.has(name) &&
    (editable === null || editable === 'false') &&
    // Within a line it stays as it is; see inline-marks.ts.
    !(isUntranslatable(element) && !INLINE.has(name) && !insisted.has(element))
  );
}

/** The next node of the page itself. */
function nextOwn(node: Node): Node | null {
  let next = nextSibling(node);
  while (next !== null && nameOf(next) === TRANSLATION_TAG) next = nextSibling(next);
  return next;
}

/** Two consecutive line breaks end a paragraph, as on old pages. */
function isSecondBreak(node: Node): boolean {
  if (nameOf(node) !== 'BR') return false;
  const beside = (step: (node: Node) => Node | null) => {
    let at = step(node);
    while (
      at !== null &&
      (nodeType(at) !== ELEMENT ? textOf(at).trim() === '' : nameOf(at) === TRANSLATION_TAG)
    )
      at = step(at);
    return at !== null && nameOf(at) === 'BR';
  };
  return beside(nextSibling) || beside(previousSibling);
}

/** Inline elements in which a paragraph ends. */
function* aroundSecondBreaks(root: Element): Generator<Element> {
  const seen = new Set<Element>();
  for (const br of selectAll(root, 'br')) {
    if (!isSecondBreak(br)) continue;
    for (let at = parentAcross(br); at !== null && at !== root && !seen.has(at); at = parentAcross(at)) {
      seen.add(at);
      yield at;
    }
  }
}

interface Part {
  /** The element that the nodes are in, if it is not the block. */
  readonly parent?: Element;
  readonly nodes: readonly ChildNode[];
}

/** What may be between the entries of a list in one line. */
const SEPARATORS = /^[\s|·•∙‧/,;:>›»→–—~-]*$/u;

/** The links of a line that is nothing but links, each by itself; else the line. */
function entriesOf(line: readonly ChildNode[]): readonly Part[] {
  const links = line.filter((node) => nameOf(node) === 'A' && wordsOf(node).trim() !== '');
  const isList =
    links.length > 1 && line.every((node) => links.includes(node) || SEPARATORS.test(wordsOf(node)));
  if (!isList) return [{ nodes: line }];
  return links.map((link) => ({ parent: link as unknown as Element, nodes: shownChildren(link) }));
}

function trimmed(line: readonly ChildNode[]): Paragraph['nodes'] | undefined {
  const isBlank = (node: ChildNode) =>
    nodeType(node) === ELEMENT
      ? isControl(node) || isScript(node as unknown as Element) || wordsOf(node).trim() === ''
      : nodeType(node) !== TEXT || textOf(node).trim() === '';
  let start = 0;
  let end = line.length;
  while (start < end && isBlank(line[start]!)) start++;
  while (end > start && isBlank(line[end - 1]!)) end--;
  const nodes = line.slice(start, end);
  return nodes.length === 0 ? undefined : (nodes as [ChildNode, ...ChildNode[]]);
}

/** Whether there is something to translate: numbers, signs and single letters are the same in every language. */
function hasWords(nodes: readonly ChildNode[]): boolean {
  return sayWords(nodes.map((node) => (isWords(node) ? wordsOf(node) : '')).join(''));
}

export const sayWords = (text: string): boolean =>
  /\p{L}.*\p{L}|[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]/su.test(text);

const isWords = (node: ChildNode): boolean =>
  nodeType(node) === TEXT || (nodeType(node) === ELEMENT && !SKIPPED.has(nameOf(node)) && !isControl(node));
