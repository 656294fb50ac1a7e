/**
 * Encodes a part of a paragraph as text for a model, and decodes the model's answer into nodes with the inline markup
 * of the original.
 *
 * Links, emphasis and code become marks (marks.ts) in the text. In the answer each mark becomes a copy of the page's
 * own element. The model's words only ever become text nodes. If the answer has lost marks, elements whose text occurs
 * unchanged in it (names, numbers, code) are matched by that text; the rest becomes plain text.
 *
 * Does not choose what to translate (paragraphs.ts) and does not change the page (replace-nodes.ts).
 */
import { following } from './following.ts';
import {
  childNodes,
  cloneNode,
  ELEMENT,
  getAttribute,
  matches,
  nameOf,
  nodeType,
  nodeValue,
  parentNode,
  selectAll,
  TEXT,
} from './pristine.ts';
import { append, createElement, createTextNode } from './pristine-document.ts';
import {
  hasMarks,
  keepsMarks,
  MOST_MARKS,
  type MarkedPiece,
  readMarks,
  withoutMarks,
} from '../../text/marks.ts';
import { withoutInvisible } from '../../text/characters/invisible.ts';

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
}

export interface MarkedElement {
  /** Elements that are each the only content of the previous one, outermost first. */
  readonly chain: readonly [Element, ...Element[]];
  /** Copied with its content, whatever the model wrote inside the mark: code, pictures. */
  readonly fixed: boolean;
  readonly text: string;
}

/** Whether the copy is shown beside the original or replaces it. */
export type CopyPlace = 'beside' | 'instead';

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
const INVISIBLE = names('SCRIPT STYLE NOSCRIPT TEMPLATE WBR RT RP LINK META');

export const isUntranslatable = (element: Element): boolean =>
  getAttribute(element, 'translate') === 'no' || matches(element, '.notranslate');

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
}

interface Output {
  readonly plain: Line;
  readonly marked: Line;
  readonly marks: Map<number, MarkedElement>;
  /** What is still to be written, the next at the end. */
  readonly waiting: ({ readonly step: 'write'; readonly node: Node } | Closing)[];
  readonly content: Content;
  opaque: boolean;
}

/** Steps over the nodes without recursion, a bounded number of times each. */
export function encode(nodes: Iterable<Node>): Encoded {
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
  const output: Output = { plain, marked, opaque: false, marks: new Map(), waiting: [], content };
  writeLater(inner, output);
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
    marks: useful ? output.marks : new Map(),
    opaque: output.opaque,
  };
}

function writeLater(nodes: Iterable<Node>, { waiting }: Output): void {
  for (const node of [...nodes].reverse()) waiting.push({ step: 'write', node });
}

function write(node: Node, output: Output): void {
  if (nodeType(node) === TEXT) {
    const text = withoutInvisible(nodeValue(node) ?? '');
    output.plain.write(text);
    output.marked.write(text);
    return;
  }
  if (nodeType(node) !== ELEMENT) return;
  const element = node as Element;
  const name = nameOf(element);
  if (INVISIBLE.has(name)) return;
  if (name === 'BR') {
    output.plain.break();
    output.marked.break();
  } else if (FIXED.has(name) || isFormula(element) || isUntranslatable(element)) {
    writeMarked([element], true, output);
  } else if (PHRASING.has(name)) writeMarked(chainFrom(element, output.content), false, output);
  else {
    // A copied custom element would not work, so the paragraph cannot be replaced; its words are read all the same.
    output.opaque = true;
    if (!CONTROLS.has(name)) writeLater(childNodes(element), output);
  }
}

const isFormula = (element: Element): boolean => matches(element, FORMULA);
const isWordless = (element: Element): boolean => WORDLESS.has(nameOf(element)) || isFormula(element);

function writeMarked(chain: MarkedElement['chain'], fixed: boolean, output: Output): void {
  const { marks, plain, marked, waiting, content } = output;
  const last = chain.at(-1)!;
  const empty = !content.words.has(last) && !content.pictures.has(last);
  const isMarked = (!empty || fixed) && marks.size <= MOST_MARKS;
  if (isMarked) {
    const id = marks.size + 1;
    const pieces = { plain: plain.pieces.length, marked: marked.pieces.length };
    waiting.push({ step: 'close', id, element: { chain, fixed }, ...pieces });
    // Reserves the number first, so that outer elements have smaller numbers.
    marks.set(id, { chain, fixed, text: '' });
    marked.mark(`<${id}>`);
  }
  if (!isWordless(last)) writeLater(childNodes(last), output);
}

function close({ id, element, plain, marked }: Closing, output: Output): void {
  const text = output.plain.pieces.slice(plain).join('').trim();
  if (text === '') output.marked.instead(marked, `<${id}/>`);
  else output.marked.mark(`</${id}>`);
  output.marks.set(id, { ...element, text });
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
    if (!isElement && (nodeType(node) !== TEXT || (nodeValue(node) ?? '').trim() === '')) continue;
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
    for (let at: Node | null = root; at !== null; at = following(at, root)) {
      if (nodeType(at) === TEXT && (nodeValue(at) ?? '').trim() !== '') mark(at, words);
      else if (nameOf(at) === 'IMG' && at !== root) mark(parentNode(at)!, pictures);
    }
  }
  return { words, pictures };
}

/** Turns the answer to `marked` or `plain` into nodes. `doc` is the document of the original. */
export function decode(encoded: Encoded, answer: string, place: CopyPlace, doc: Document): Node[] {
  const intact = encoded.marked !== undefined && keepsMarks(encoded.marked, answer);
  const pieces = intact ? readMarks(answer)! : matchByText(encoded, withoutMarks(answer).trim());
  const nodes = pieces.flatMap((piece) => build(piece, encoded.marks, place, doc));
  if (!intact && place === 'instead') nodes.push(...missingPictures(encoded, pieces));
  return encoded.wrappers.reduceRight<Node[]>((inner, wrapper) => [wrap(wrapper, inner, place)], nodes);
}

function build(
  piece: MarkedPiece,
  marks: ReadonlyMap<number, MarkedElement>,
  place: CopyPlace,
  doc: Document,
): Node[] {
  if (typeof piece === 'string') return textNodes(piece, doc);
  const { chain, fixed } = marks.get(piece.id)!;
  if (fixed) {
    // The original, displayed beside it, shows the picture already.
    if (place === 'beside' && /^(?:IMG|SVG)$/.test(nameOf(chain[0]))) return [];
    return [copy(chain[0], true, place)];
  }
  const inner = piece.inner.flatMap((part) => build(part, marks, place, doc));
  return chain.reduceRight<Node[]>((nodes, element) => [wrap(element, nodes, place)], inner);
}

function textNodes(text: string, doc: Document): Node[] {
  return text
    .split('\n')
    .flatMap((line, index) =>
      index === 0 ? [createTextNode(doc, line)] : [createElement(doc, 'br'), createTextNode(doc, line)],
    );
}

function wrap(element: Element, inner: readonly Node[], place: CopyPlace): Element {
  const shell = copy(element, false, place);
  append(shell, ...inner);
  return shell;
}

function copy(element: Element, deep: boolean, place: CopyPlace): Element {
  const made = cloneNode(element, deep) as Element;
  // Beside the original an id would occur twice, and the page's own scripts might find the wrong element.
  if (place === 'beside') {
    made.removeAttribute('id');
    for (const inside of selectAll(made, '[id]')) inside.removeAttribute('id');
  }
  return made;
}

function missingPictures({ marks }: Encoded, pieces: readonly MarkedPiece[]): Element[] {
  const present = new Set(pieces.flatMap((piece) => (typeof piece === 'string' ? [] : [piece.id])));
  return [...marks]
    .filter(([id, { fixed, text }]) => fixed && text === '' && !present.has(id))
    .map(([, { chain }]) => copy(chain[0], true, 'instead'));
}

/** Puts marks around texts of marked elements that occur exactly once, word for word, in original and answer. */
function matchByText({ plain, marks }: Encoded, answer: string): MarkedPiece[] {
  const spans: { id: number; start: number; end: number }[] = [];
  for (const [id, { text }] of marks) {
    if (uniqueIndex(plain, text) === undefined) continue;
    const start = uniqueIndex(answer, text);
    if (start === undefined) continue;
    const end = start + text.length;
    // Outer elements come first; elements inside one that was matched are skipped.
    if (spans.every((other) => end <= other.start || start >= other.end)) spans.push({ id, start, end });
  }
  spans.sort((a, b) => a.start - b.start);
  const pieces: MarkedPiece[] = [];
  let end = 0;
  for (const span of spans) {
    pieces.push(answer.slice(end, span.start));
    pieces.push({ id: span.id, inner: [answer.slice(span.start, span.end)] });
    end = span.end;
  }
  pieces.push(answer.slice(end));
  return pieces.filter((piece) => piece !== '');
}

/** The offset at which `part` occurs as whole words, if it does so exactly once. */
function uniqueIndex(text: string, part: string): number | undefined {
  if (part === '') return undefined;
  const isWordAt = (index: number) => {
    const around = [text[index - 1], part[0], part.at(-1), text[index + part.length]];
    const [before, first, last, after] = around.map((letter) => /[\p{L}\p{N}]/u.test(letter ?? ''));
    return !(before && first) && !(last && after);
  };
  const found: number[] = [];
  for (let index = text.indexOf(part); index >= 0; index = text.indexOf(part, index + 1)) {
    if (isWordAt(index)) found.push(index);
  }
  return found.length === 1 ? found[0] : undefined;
}
