/**
 * A stretch of a paragraph as text for a model, and its answer as nodes again, with the inline markup of the original.
 *
 * Links, emphasis, code become marks (marks.ts) in the text; in the answer each mark becomes a copy of the page's own
 * element. The model's words only ever become text nodes. Where the answer has lost marks, elements whose text stands
 * unchanged in it (names, numbers, code) are found again by that text; the rest is plain.
 *
 * What it is not: a choice of what to translate (paragraphs.ts), or a change of the page (replace-nodes.ts).
 */
import {
  hasMarks,
  keepsMarks,
  MOST_MARKS,
  type MarkedPiece,
  readMarks,
  withoutMarks,
} from '../../text/marks.ts';

export interface Encoded {
  /** One line, but for the original's line breaks. */
  readonly plain: string;
  /** Undefined where there is nothing to mark, or too much. */
  readonly marked: string | undefined;
  /** Elements around all of it, outermost first. */
  readonly wrappers: readonly Element[];
  readonly marks: ReadonlyMap<number, MarkedElement>;
  /** Holds something that is no text and cannot be copied, such as a button or a video. */
  readonly opaque: boolean;
}

export interface MarkedElement {
  /** Elements that hold nothing but each other, outermost first. */
  readonly chain: readonly [Element, ...Element[]];
  /** Copied with what is in it, whatever the model made of that: code, pictures. */
  readonly fixed: boolean;
  readonly text: string;
}

/** Where the copy goes: beside the original, or in its place. */
export type CopyPlace = 'beside' | 'instead';

const names = (list: string) => new Set(list.split(' '));
/** What a paragraph's words may be wrapped in. */
export const PHRASING = names(
  'A ABBR ACRONYM B BDI BDO BIG CITE DEL DFN EM FONT I INS LABEL MARK Q S SMALL SPAN STRIKE STRONG SUB SUP TIME TT U DATA RUBY',
);
const FIXED = names('CODE KBD SAMP VAR IMG SVG MATH MJX-CONTAINER');
/** Fixed, and not told to the model either. */
const WORDLESS = names('IMG SVG MATH MJX-CONTAINER');
const FORMULA = '.katex, .MathJax, .mwe-math-element';
/** No text of a paragraph, whatever is in them. */
const DEVICES = names('BUTTON SELECT INPUT TEXTAREA VIDEO AUDIO IFRAME OBJECT EMBED CANVAS METER PROGRESS');
/** In a text's line and yet no part of the text; may be left out of a copy without harm. */
const UNSEEN = names('SCRIPT STYLE NOSCRIPT TEMPLATE WBR RT RP LINK META');
/** Marks at the end of a text, but for those of pictures. */
const EDGE = /(<\/?\d+>)+$/;
const TEXT = 3;
const ELEMENT = 1;

export const isUntranslatable = (element: Element): boolean =>
  element.getAttribute('translate') === 'no' || element.classList.contains('notranslate');

interface Writing {
  plain: string;
  marked: string;
  opaque: boolean;
  readonly marks: Map<number, MarkedElement>;
}

export function encode(nodes: Iterable<Node>): Encoded {
  const wrappers: Element[] = [];
  let inner = [...nodes];
  for (;;) {
    const only = soleElement(inner);
    if (only === undefined || !isWrapper(only)) break;
    wrappers.push(only);
    inner = [...only.childNodes];
  }
  const writing: Writing = { plain: '', marked: '', opaque: false, marks: new Map() };
  for (const node of inner) write(node, writing);
  const plain = writing.plain.trim();
  const useful = writing.marks.size > 0 && writing.marks.size <= MOST_MARKS && !hasMarks(plain);
  return {
    plain,
    marked: useful ? writing.marked.trim() : undefined,
    wrappers,
    marks: useful ? writing.marks : new Map(),
    opaque: writing.opaque,
  };
}

function write(node: Node, writing: Writing): void {
  if (node.nodeType === TEXT) {
    const text = node.nodeValue ?? '';
    writing.plain += collapsed(text, writing.plain);
    writing.marked += collapsed(text, writing.marked.replace(EDGE, ''));
    return;
  }
  if (node.nodeType !== ELEMENT) return;
  const element = node as Element;
  const name = element.nodeName.toUpperCase();
  if (UNSEEN.has(name)) return;
  if (name === 'BR') {
    writing.plain = `${writing.plain.trimEnd()}\n`;
    writing.marked = `${writing.marked.trimEnd()}\n`;
  } else if (FIXED.has(name) || isFormula(element) || isUntranslatable(element)) {
    writeMarked([element], true, writing);
  } else if (PHRASING.has(name)) writeMarked(chainFrom(element), false, writing);
  else {
    // Elements of the page's own making work only where they are; their words are words all the same.
    writing.opaque = true;
    if (!DEVICES.has(name)) for (const child of element.childNodes) write(child, writing);
  }
}

const isFormula = (element: Element): boolean => element.matches(FORMULA);
const isWordless = (element: Element): boolean =>
  WORDLESS.has(element.nodeName.toUpperCase()) || isFormula(element);

function writeMarked(chain: MarkedElement['chain'], fixed: boolean, writing: Writing): void {
  const last = chain.at(-1)!;
  const before = writing.plain.length;
  const empty = (last.textContent ?? '').trim() === '' && last.querySelector('img') === null;
  if (empty && !fixed) {
    for (const child of last.childNodes) write(child, writing);
    return;
  }
  const id = writing.marks.size + 1;
  // The place is taken first, so that outer elements have smaller numbers.
  writing.marks.set(id, { chain, fixed, text: '' });
  const from = writing.marked;
  writing.marked += `<${id}>`;
  if (!isWordless(last)) for (const child of last.childNodes) write(child, writing);
  const text = writing.plain.slice(before).trim();
  writing.marked = text === '' ? `${from}<${id}/>` : `${writing.marked}</${id}>`;
  writing.marks.set(id, { chain, fixed, text });
}

/** The element, and as long as it holds just one other, that one too. */
function chainFrom(element: Element): MarkedElement['chain'] {
  const chain: [Element, ...Element[]] = [element];
  for (;;) {
    const only = soleElement([...chain.at(-1)!.childNodes]);
    if (only === undefined || !isWrapper(only)) return chain;
    chain.push(only);
  }
}

const isWrapper = (element: Element): boolean =>
  PHRASING.has(element.nodeName.toUpperCase()) &&
  !isUntranslatable(element) &&
  !isFormula(element) &&
  (element.textContent ?? '').trim() !== '';

/** The only node that is more than space. */
function soleElement(nodes: readonly Node[]): Element | undefined {
  const solid = nodes.filter(
    (node) => node.nodeType === ELEMENT || (node.nodeType === TEXT && (node.nodeValue ?? '').trim() !== ''),
  );
  return solid.length === 1 && solid[0]!.nodeType === ELEMENT ? (solid[0] as Element) : undefined;
}

function collapsed(text: string, before: string): string {
  const single = text.replace(/[\s\u00a0]+/g, ' ');
  return /(^|\s)$/.test(before) ? single.replace(/^ /, '') : single;
}

/** The answer to `marked` or to `plain` as nodes of the original's document, `doc`. */
export function decode(encoded: Encoded, answer: string, place: CopyPlace, doc: Document): Node[] {
  const kept = encoded.marked !== undefined && keepsMarks(encoded.marked, answer);
  const pieces = kept ? readMarks(answer)! : foundAgain(encoded, withoutMarks(answer).trim());
  const nodes = pieces.flatMap((piece) => build(piece, encoded.marks, place, doc));
  if (!kept && place === 'instead') nodes.push(...lostPictures(encoded, pieces));
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
    // The original beside it shows the picture already.
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
      index === 0 ? [doc.createTextNode(line)] : [doc.createElement('br'), doc.createTextNode(line)],
    );
}

function wrap(element: Element, inner: readonly Node[], place: CopyPlace): Element {
  const shell = copy(element, false, place);
  shell.append(...inner);
  return shell;
}

function copy(element: Element, deep: boolean, place: CopyPlace): Element {
  const made = element.cloneNode(deep) as Element;
  // Beside the original an id would be there twice, and the page's own scripts might find the wrong one.
  if (place === 'beside') {
    made.removeAttribute('id');
    for (const inside of made.querySelectorAll('[id]')) inside.removeAttribute('id');
  }
  return made;
}

function lostPictures({ marks }: Encoded, pieces: readonly MarkedPiece[]): Element[] {
  const there = new Set(pieces.flatMap((piece) => (typeof piece === 'string' ? [] : [piece.id])));
  return [...marks]
    .filter(([id, { fixed, text }]) => fixed && text === '' && !there.has(id))
    .map(([, { chain }]) => copy(chain[0], true, 'instead'));
}

/** Marks around what stands, once and word for word, in the original's element and in the answer. */
function foundAgain({ plain, marks }: Encoded, answer: string): MarkedPiece[] {
  const places: { id: number; start: number; end: number }[] = [];
  for (const [id, { text }] of marks) {
    if (soleIndex(plain, text) === undefined) continue;
    const start = soleIndex(answer, text);
    if (start === undefined) continue;
    const end = start + text.length;
    // Outer elements come first; what lies inside one that was found stays with it.
    if (places.every((other) => end <= other.start || start >= other.end)) places.push({ id, start, end });
  }
  places.sort((a, b) => a.start - b.start);
  const pieces: MarkedPiece[] = [];
  let end = 0;
  for (const place of places) {
    pieces.push(answer.slice(end, place.start));
    pieces.push({ id: place.id, inner: [answer.slice(place.start, place.end)] });
    end = place.end;
  }
  pieces.push(answer.slice(end));
  return pieces.filter((piece) => piece !== '');
}

/** Where `part` stands as whole words, if it does so exactly once. */
function soleIndex(text: string, part: string): number | undefined {
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
