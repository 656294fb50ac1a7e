/**
 * Encodes a part of a paragraph as text for a model. Links, emphasis and code become marks (marks.ts) in the text.
 *
 * Does not choose what to translate (paragraphs.ts). What becomes of the answer is for inline-copies.ts (nodes beside the
 * original) and app/page/translate/in-place.ts (the page's own nodes).
 */
import { hasMarks, MOST_MARKS } from '../../../text/marks.ts';
import { withoutInvisible } from '../../../text/characters/invisible.ts';
import { following, followingOutside } from '../following.ts';
import { TRANSLATION_TAG, textOf } from '../masks.ts';
import {
  getAttribute,
  childNodes,
  ELEMENT,
  matches,
  nameOf,
  nodeType,
  parentNode,
  TEXT,
} from '../pristine.ts';

export interface Encoded {
  /** One line, apart from the line breaks of the original. */
  readonly plain: string;
  /** Undefined if there is no inline markup, or more than {@link MOST_MARKS} marks. */
  readonly marked: string | undefined;
  /** Elements that enclose the whole text, outermost first. */
  readonly wrappers: readonly Element[];
  readonly marks: ReadonlyMap<number, MarkedElement>;
  /** Whether it contains something that is not text and cannot be copied, such as a button or a video. */
  readonly opaque: boolean;
  /** What the text is made of, in the order of the page. */
  readonly tokens: readonly TextToken[];
  /** Readings above or beside words, which belong to the original alone. */
  readonly readings: readonly Element[];
  /** Whether line ends within a text node are seen as such. */
  readonly verbatim: boolean;
}

/** `fixed`: a mark whose content stays as it is. */
export type TextToken =
  | { readonly kind: 'open' | 'close' | 'fixed'; readonly id: number }
  | { readonly kind: 'text'; readonly node: Text }
  | { readonly kind: 'break' };

export interface MarkedElement {
  /** Elements that are each the only content of the previous one, outermost first. */
  readonly chain: readonly [Element, ...Element[]];
  /** Copied with its content, whatever the model wrote inside the mark: code, pictures. */
  readonly fixed: boolean;
  /** A copy of it would not work. */
  readonly opaque: boolean;
  readonly text: string;
}

const names = (list: string) => new Set(list.split(' '));
/** Elements that the words of a paragraph may be wrapped in. */
export const PHRASING = names(
  'A ABBR ACRONYM B BDI BDO BIG CITE DEL DFN EM FONT I INS LABEL MARK Q S SMALL SPAN STRIKE STRONG SUB SUP TIME TT U DATA RUBY',
);
const FIXED = names('CODE KBD SAMP VAR IMG SVG MATH MJX-CONTAINER');
/** Fixed elements whose content is not sent to the model. */
const WORDLESS = names('IMG SVG MATH MJX-CONTAINER');
const FORMULA = '.katex, .MathJax, .mwe-math-element';
/** Elements whose content is never text of the paragraph. */
const CONTROLS = names('BUTTON SELECT INPUT TEXTAREA VIDEO AUDIO IFRAME OBJECT EMBED CANVAS METER PROGRESS');
/** Inline elements without visible text; a copy may leave them out. */
const INVISIBLE = names(`SCRIPT STYLE NOSCRIPT TEMPLATE WBR RT RP RTC LINK META ${TRANSLATION_TAG}`);
const READINGS = names('RT RP RTC');
/** Most elements of a paragraph that get a mark, sent to the model or not. */
const MOST_PLACES = 400;

export const isControl = (node: Node): boolean => CONTROLS.has(nameOf(node));

/** What a page asks not to translate: as a selector, and for one element. */
export const PROTECTED = '[translate="no" i], .notranslate';
export const isUntranslatable = (element: Element): boolean =>
  getAttribute(element, 'translate')?.toLowerCase() === 'no' || matches(element, '.notranslate');

/** A text that is written piece by piece, with white space collapsed as a browser does. */
class Line {
  readonly pieces: string[] = [];
  /** What was written last ends with white space; true at the beginning. */
  private spaced = true;

  write(text: string): void {
    if (text === '') return;
    const collapsed = text.replace(/[\s\u00a0]+/g, ' ');
    const more = this.spaced ? collapsed.replace(/^ /, '') : collapsed;
    if (more === '') return;
    this.pieces.push(more);
    this.spaced = more.endsWith(' ');
  }

  /** A mark takes no space of its own. */
  mark(mark: string): void {
    this.pieces.push(mark);
  }

  /** A line end that is seen as such, after any other. */
  end(): void {
    this.pieces.push('\n');
    this.spaced = true;
  }

  break(): void {
    for (let last = this.pieces.pop(); last !== undefined; last = this.pieces.pop()) {
      const kept = last.trimEnd();
      if (kept === '') continue;
      this.pieces.push(kept);
      break;
    }
    this.pieces.push('\n');
    this.spaced = true;
  }

  /** Takes the place of all since the first `count` pieces. */
  instead(count: number, mark: string): void {
    this.pieces.splice(count, Number.POSITIVE_INFINITY, mark);
    this.spaced = false;
  }
}

/** The end of a mark, after what is inside of it. */
interface Closing {
  readonly step: 'close';
  readonly id: number;
  readonly element: Omit<MarkedElement, 'text'>;
  /** Pieces of each text before the mark. */
  readonly plain: number;
  readonly marked: number;
  /** Tokens before the mark. */
  readonly tokens: number;
}

interface Output {
  readonly plain: Line;
  readonly marked: Line;
  readonly marks: Map<number, MarkedElement>;
  /** What is still to be written, the next at the end. */
  readonly waiting: ({ readonly step: 'write'; readonly node: Node } | Closing)[];
  readonly content: Content;
  readonly tokens: TextToken[];
  readonly readings: Element[];
  readonly verbatim: boolean;
  opaque: boolean;
}

/**
 * Steps over the nodes without recursion, a bounded number of times each. `verbatim`: line ends within text nodes are
 * seen as such.
 */
export function encode(nodes: Iterable<Node>, verbatim = false): Encoded {
  const all = [...nodes];
  const content = contentOf(all);
  const wrappers: Element[] = [];
  let inner: readonly Node[] = all;
  for (;;) {
    const single = onlyElement(inner);
    if (single === undefined || !isWrapper(single, content)) break;
    wrappers.push(single);
    inner = [...childNodes(single)];
  }
  const [plain, marked] = [new Line(), new Line()];
  const output: Output = {
    ...{ plain, marked, verbatim, content, opaque: false },
    ...{ marks: new Map(), waiting: [], tokens: [], readings: [] },
  };
  writeLater(withoutEdges(inner), output);
  for (let next = output.waiting.pop(); next !== undefined; next = output.waiting.pop()) {
    if (next.step === 'close') close(next, output);
    else write(next.node, output);
  }
  const text = plain.pieces.join('').trim();
  const useful = output.marks.size > 0 && output.marks.size <= MOST_MARKS && !hasMarks(text);
  return {
    plain: text,
    marked: useful ? marked.pieces.join('').trim() : undefined,
    wrappers,
    marks: output.marks,
    opaque: output.opaque || inner.some(isControl),
    tokens: output.tokens,
    readings: output.readings,
    verbatim,
  };
}

/** Without fields and buttons at either end, which are no part of a sentence. */
function withoutEdges(nodes: readonly Node[]): readonly Node[] {
  const isEdge = (node: Node) => isControl(node) || (nodeType(node) === TEXT && textOf(node).trim() === '');
  let [start, end] = [0, nodes.length];
  while (start < end && isEdge(nodes[start]!)) start++;
  while (end > start && isEdge(nodes[end - 1]!)) end--;
  return nodes.slice(start, end);
}

function writeLater(nodes: Iterable<Node>, { waiting }: Output): void {
  for (const node of [...nodes].reverse()) waiting.push({ step: 'write', node });
}

function write(node: Node, output: Output): void {
  if (nodeType(node) === TEXT) {
    writeText(node as Text, output);
    return;
  }
  if (nodeType(node) !== ELEMENT) return;
  const element = node as Element;
  const name = nameOf(element);
  if (READINGS.has(name)) output.readings.push(element);
  if (INVISIBLE.has(name)) return;
  if (name === 'BR') {
    output.tokens.push({ kind: 'break' });
    output.plain.break();
    output.marked.break();
  } else if (FIXED.has(name) || isFormula(element) || isUntranslatable(element)) {
    writeMarked([element], { fixed: true, opaque: false }, output);
  } else if (PHRASING.has(name))
    writeMarked(chainFrom(element, output.content), { fixed: false, opaque: false }, output);
  else {
    output.opaque = true;
    writeMarked([element], { fixed: CONTROLS.has(name), opaque: true }, output);
  }
}

function writeText(node: Text, { plain, marked, tokens, verbatim }: Output): void {
  tokens.push({ kind: 'text', node });
  const text = withoutInvisible(textOf(node));
  for (const [index, line] of (verbatim ? text.split('\n') : [text]).entries()) {
    if (index > 0) for (const to of [plain, marked]) to.end();
    for (const to of [plain, marked]) to.write(line);
  }
}

const isFormula = (element: Element): boolean => matches(element, FORMULA);
const isWordless = (element: Element): boolean =>
  WORDLESS.has(nameOf(element)) || CONTROLS.has(nameOf(element)) || isFormula(element);

type Kind = Pick<MarkedElement, 'fixed' | 'opaque'>;

function writeMarked(chain: MarkedElement['chain'], kind: Kind, output: Output): void {
  const { marks, plain, marked, waiting, content, tokens } = output;
  const last = chain.at(-1)!;
  const empty = !content.words.has(last) && !content.pictures.has(last);
  const isMarked = (!empty || kind.fixed) && marks.size < MOST_PLACES;
  if (isMarked) {
    const id = marks.size + 1;
    const pieces = { plain: plain.pieces.length, marked: marked.pieces.length, tokens: tokens.length };
    waiting.push({ step: 'close', id, element: { chain, ...kind }, ...pieces });
    // Reserves the number first, so that outer elements have smaller numbers.
    marks.set(id, { chain, ...kind, text: '' });
    marked.mark(`<${id}>`);
    tokens.push({ kind: 'open', id });
  }
  if (!isWordless(last)) writeLater(childNodes(last), output);
}

function close({ id, element, plain, marked, tokens }: Closing, output: Output): void {
  const text = output.plain.pieces.slice(plain).join('').trim();
  if (text === '') output.marked.instead(marked, `<${id}/>`);
  else output.marked.mark(`</${id}>`);
  output.marks.set(id, { ...element, text });
  if (element.fixed) output.tokens.splice(tokens, Number.POSITIVE_INFINITY, { kind: 'fixed', id });
  else output.tokens.push({ kind: 'close', id });
}

/** The element and, as long as each has just one wrapper as its content, the elements inside it. */
function chainFrom(element: Element, content: Content): MarkedElement['chain'] {
  const chain: [Element, ...Element[]] = [element];
  for (;;) {
    const single = onlyElement(childNodes(chain.at(-1)!));
    if (single === undefined || !isWrapper(single, content)) return chain;
    chain.push(single);
  }
}

const isWrapper = (element: Element, { words }: Content): boolean =>
  PHRASING.has(nameOf(element)) && !isUntranslatable(element) && !isFormula(element) && words.has(element);

/** The element among `nodes`, if everything else is white space. */
function onlyElement(nodes: Iterable<Node>): Element | undefined {
  let found: Element | undefined;
  for (const node of nodes) {
    const isElement = nodeType(node) === ELEMENT;
    if (!isElement && (nodeType(node) !== TEXT || textOf(node).trim() === '')) continue;
    if (isElement && nameOf(node) === TRANSLATION_TAG) continue;
    if (!isElement || found !== undefined) return undefined;
    found = node as Element;
  }
  return found;
}

/** The nodes that contain more than white space, and those that contain a picture. */
interface Content {
  readonly words: ReadonlySet<Node>;
  readonly pictures: ReadonlySet<Node>;
}

function contentOf(nodes: readonly Node[]): Content {
  const [words, pictures] = [new Set<Node>(), new Set<Node>()];
  for (const root of nodes) {
    const mark = (from: Node, holders: Set<Node>) => {
      for (let at: Node | null = from; at !== null && !holders.has(at); at = parentNode(at)) {
        holders.add(at);
        if (at === root) break;
      }
    };
    for (let at: Node | null = root; at !== null; ) {
      if (nodeType(at) === TEXT && textOf(at).trim() !== '') mark(at, words);
      else if (nameOf(at) === 'IMG' && at !== root) mark(parentNode(at)!, pictures);
      at = nameOf(at) === TRANSLATION_TAG ? followingOutside(at, root) : following(at, root);
    }
  }
  return { words, pictures };
}
