/**
 * Decodes a model's answer into nodes with the inline markup of the original. Each mark becomes a copy of the page's own
 * element; the model's words only ever become text nodes. If the answer has lost marks, elements whose text occurs
 * unchanged in it (names, numbers, code) are matched by that text; the rest becomes plain text.
 */
import { keepsMarks, type MarkedPiece, readMarks, withoutMarks } from '../../../text/marks.ts';
import { uniqueIndex } from '../../../text/translated/place-marks.ts';
import type { Encoded, MarkedElement } from './inline-marks.ts';
import { cloneNode, nameOf, selectAll } from '../pristine.ts';
import { append, createElement, createTextNode } from '../pristine-document.ts';

/** Whether the copy is shown beside the original or replaces it. */
export type CopyPlace = 'beside' | 'instead';

/** Where copies are made, and who is told of each with the page's own element. */
export interface Copying {
  readonly place: CopyPlace;
  /** The document of the original. */
  readonly doc: Document;
  copied?(copy: Element, original: Element): void;
}

/** Turns the answer to `marked` or `plain` into nodes. */
export function decode(encoded: Encoded, answer: string, copying: Copying): Node[] {
  const { marked, marks, wrappers } = encoded;
  const intact = marked !== undefined && keepsMarks(marked, answer);
  const pieces = intact ? readMarks(answer)! : matchByText(encoded, withoutMarks(answer).trim());
  const nodes = pieces.flatMap((piece) => build(piece, marks, copying));
  if (!intact && copying.place === 'instead') nodes.push(...missingPictures(encoded, pieces, copying));
  return wrappers.reduceRight<Node[]>((inner, wrapper) => [wrap(wrapper, inner, copying)], nodes);
}

function build(piece: MarkedPiece, marks: ReadonlyMap<number, MarkedElement>, copying: Copying): Node[] {
  if (typeof piece === 'string') return textNodes(piece, copying.doc);
  const { chain, fixed, opaque } = marks.get(piece.id)!;
  if (fixed) {
    // The original, displayed beside it, shows the picture or the field already.
    if (opaque || (copying.place === 'beside' && /^(?:IMG|SVG)$/.test(nameOf(chain[0])))) return [];
    return [copy(chain[0], true, copying)];
  }
  const inner = piece.inner.flatMap((part) => build(part, marks, copying));
  if (opaque) return inner;
  return chain.reduceRight<Node[]>((nodes, element) => [wrap(element, nodes, copying)], inner);
}

function textNodes(text: string, doc: Document): Node[] {
  return text
    .split('\n')
    .flatMap((line, index) =>
      index === 0 ? [createTextNode(doc, line)] : [createElement(doc, 'br'), createTextNode(doc, line)],
    );
}

function wrap(element: Element, inner: readonly Node[], copying: Copying): Element {
  const shell = copy(element, false, copying);
  append(shell, ...inner);
  return shell;
}

function copy(element: Element, deep: boolean, { place, copied }: Copying): Element {
  const made = cloneNode(element, deep) as Element;
  // Beside the original an id would occur twice, and the page's own scripts might find the wrong element.
  if (place === 'beside') {
    made.removeAttribute('id');
    for (const inside of selectAll(made, '[id]')) inside.removeAttribute('id');
  }
  copied?.(made, element);
  return made;
}

function missingPictures({ marks }: Encoded, pieces: readonly MarkedPiece[], copying: Copying): Element[] {
  const present = new Set(pieces.flatMap((piece) => (typeof piece === 'string' ? [] : [piece.id])));
  return [...marks]
    .filter(([id, { fixed, opaque, text }]) => fixed && !opaque && text === '' && !present.has(id))
    .map(([, { chain }]) => copy(chain[0], true, copying));
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
