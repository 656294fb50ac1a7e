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
import { createElement, createTextNode } from './pristine-document.ts';
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
/** Opening and closing marks at the end of a text, not the self-closing ones of pictures. */
const EDGE = /(<\/?\d+>)+$/;
const TEXT = 3;
const ELEMENT = 1;

export const isUntranslatable = (element: Element): boolean =>
  element.getAttribute('translate') === 'no' || element.classList.contains('notranslate');

interface Output {
  plain: string;
  marked: string;
  opaque: boolean;
  readonly marks: Map<number, MarkedElement>;
}

export function encode(nodes: Iterable<Node>): Encoded {
  const wrappers: Element[] = [];
  let inner = [...nodes];
  for (;;) {
    const single = onlyElement(inner);
    if (single === undefined || !isWrapper(single)) break;
    wrappers.push(single);
    inner = [...single.childNodes];
  }
  const output: Output = { plain: '', marked: '', opaque: false, marks: new Map() };
  for (const node of inner) write(node, output);
  const plain = output.plain.trim();
  const useful = output.marks.size > 0 && output.marks.size <= MOST_MARKS && !hasMarks(plain);
  return {
    plain,
    marked: useful ? output.marked.trim() : undefined,
    wrappers,
    marks: useful ? output.marks : new Map(),
    opaque: output.opaque,
  };
}

function write(node: Node, output: Output): void {
  if (node.nodeType === TEXT) {
    const text = withoutInvisible(node.nodeValue ?? '');
    output.plain += collapsed(text, output.plain);
    output.marked += collapsed(text, output.marked.replace(EDGE, ''));
    return;
  }
  if (node.nodeType !== ELEMENT) return;
  const element = node as Element;
  const name = element.nodeName.toUpperCase();
  if (INVISIBLE.has(name)) return;
  if (name === 'BR') {
    output.plain = `${output.plain.trimEnd()}\n`;
    output.marked = `${output.marked.trimEnd()}\n`;
  } else if (FIXED.has(name) || isFormula(element) || isUntranslatable(element)) {
    writeMarked([element], true, output);
  } else if (PHRASING.has(name)) writeMarked(chainFrom(element), false, output);
  else {
    // A copied custom element would not work, so the paragraph cannot be replaced; its words are read all the same.
    output.opaque = true;
    if (!CONTROLS.has(name)) for (const child of element.childNodes) write(child, output);
  }
}

const isFormula = (element: Element): boolean => element.matches(FORMULA);
const isWordless = (element: Element): boolean =>
  WORDLESS.has(element.nodeName.toUpperCase()) || isFormula(element);

function writeMarked(chain: MarkedElement['chain'], fixed: boolean, output: Output): void {
  const last = chain.at(-1)!;
  const before = output.plain.length;
  const empty = (last.textContent ?? '').trim() === '' && last.querySelector('img') === null;
  if (empty && !fixed) {
    for (const child of last.childNodes) write(child, output);
    return;
  }
  const id = output.marks.size + 1;
  // Reserves the number first, so that outer elements have smaller numbers.
  output.marks.set(id, { chain, fixed, text: '' });
  const from = output.marked;
  output.marked += `<${id}>`;
  if (!isWordless(last)) for (const child of last.childNodes) write(child, output);
  const text = output.plain.slice(before).trim();
  output.marked = text === '' ? `${from}<${id}/>` : `${output.marked}</${id}>`;
  output.marks.set(id, { chain, fixed, text });
}

/** The element and, as long as each has just one wrapper as its content, the elements inside it. */
function chainFrom(element: Element): MarkedElement['chain'] {
  const chain: [Element, ...Element[]] = [element];
  for (;;) {
    const single = onlyElement([...chain.at(-1)!.childNodes]);
    if (single === undefined || !isWrapper(single)) return chain;
    chain.push(single);
  }
}

const isWrapper = (element: Element): boolean =>
  PHRASING.has(element.nodeName.toUpperCase()) &&
  !isUntranslatable(element) &&
  !isFormula(element) &&
  (element.textContent ?? '').trim() !== '';

/** The element among `nodes`, if everything else is white space. */
function onlyElement(nodes: readonly Node[]): Element | undefined {
  const solid = nodes.filter(
    (node) => node.nodeType === ELEMENT || (node.nodeType === TEXT && (node.nodeValue ?? '').trim() !== ''),
  );
  return solid.length === 1 && solid[0]!.nodeType === ELEMENT ? (solid[0] as Element) : undefined;
}

function collapsed(text: string, before: string): string {
  const collapsedText = text.replace(/[\s\u00a0]+/g, ' ');
  return /(^|\s)$/.test(before) ? collapsedText.replace(/^ /, '') : collapsedText;
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
    if (place === 'beside' && /^(img|svg)$/i.test(chain[0].nodeName)) return [];
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
  shell.append(...inner);
  return shell;
}

function copy(element: Element, deep: boolean, place: CopyPlace): Element {
  const made = element.cloneNode(deep) as Element;
  // Beside the original an id would occur twice, and the page's own scripts might find the wrong element.
  if (place === 'beside') {
    made.removeAttribute('id');
    for (const inside of made.querySelectorAll('[id]')) inside.removeAttribute('id');
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
