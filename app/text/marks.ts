/**
 * Marks that represent inline elements in a text to translate: `<1>…</1>` around an element's text, `<2/>` for an element
 * without text. This file handles the text alone; inline-marks.ts maps marks to elements. Pure.
 *
 * A model may lose, double or cross marks. An answer is accepted only if it has exactly the marks of its source, well
 * nested.
 */

/** Text, or a marked range of it. */
export type MarkedPiece = string | { readonly id: number; readonly inner: readonly MarkedPiece[] };

/** Allows for spaces, which models add; three digits are enough for {@link MOST_MARKS}. */
const MARK = /<\s*(\/?)\s*(\d{1,3})\s*(\/?)\s*>/g;
/** An incomplete mark at the end of a stream. */
const BEGUN = /<\s*\/?\s*\d{0,3}\s*\/?\s*$/;

/** Most marks of a paragraph; more confuse models more than they help. */
export const MOST_MARKS = 40;

export const hasMarks = (text: string): boolean => text.search(MARK) >= 0;

/** The text without marks; also handles an answer that is still being written. */
export function withoutMarks(text: string): string {
  return text
    .replace(MARK, '')
    .replace(BEGUN, '')
    .replace(/ {2,}/g, ' ')
    .replace(/ +([,.;:!?])(?=\s|$)/g, '$1');
}

/** Undefined if marks are crossed, unclosed or doubled. */
export function readMarks(text: string): MarkedPiece[] | undefined {
  const root: MarkedPiece[] = [];
  const open: { id: number; inner: MarkedPiece[] }[] = [];
  const seen = new Set<number>();
  let end = 0;
  for (const match of text.matchAll(MARK)) {
    const [whole, closing, digits, atom] = match;
    const id = Number(digits);
    const here = open.at(-1)?.inner ?? root;
    if (match.index > end) here.push(text.slice(end, match.index));
    end = match.index + whole.length;
    if (closing !== '') {
      if (open.pop()?.id !== id) return undefined;
      continue;
    }
    if (seen.has(id)) return undefined;
    seen.add(id);
    const piece = { id, inner: [] as MarkedPiece[] };
    here.push(piece);
    if (atom === '') open.push(piece);
  }
  if (open.length > 0) return undefined;
  if (end < text.length) root.push(text.slice(end));
  return root;
}

/** Whether `answer` has the marks of `source`, all of them and no others. */
export function keepsMarks(source: string, answer: string): boolean {
  const pieces = readMarks(answer);
  if (pieces === undefined) return false;
  const wanted = idsOf(readMarks(source) ?? []);
  const got = idsOf(pieces);
  return wanted.size === got.size && [...wanted].every((id) => got.has(id));
}

function idsOf(pieces: readonly MarkedPiece[], into = new Set<number>()): Set<number> {
  for (const piece of pieces) {
    if (typeof piece === 'string') continue;
    into.add(piece.id);
    idsOf(piece.inner, into);
  }
  return into;
}
