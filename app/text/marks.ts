/**
 * The marks that stand for inline elements while a model translates: `<1>…</1>` around an element's text, `<2/>` for
 * one that has none. Pure text; what they stand for is known to inline-marks.ts.
 *
 * A model may lose, double or cross them. An answer counts only if it has the very marks of its source, well nested.
 */

/** Text, or a marked stretch of it. */
export type MarkedPiece = string | { readonly id: number; readonly inner: readonly MarkedPiece[] };

/** Models add spaces; three digits are more than {@link MOST_MARKS}. */
const MARK = /<\s*(\/?)\s*(\d{1,3})\s*(\/?)\s*>/g;
/** A mark that a stream has not finished yet. */
const BEGUN = /<\s*\/?\s*\d{0,3}\s*\/?\s*$/;

/** More marks than this in one paragraph confuse any model more than they help. */
export const MOST_MARKS = 40;

export const hasMarks = (text: string): boolean => text.search(MARK) >= 0;

/** The text alone; also of an answer that is still being written. */
export function withoutMarks(text: string): string {
  return text
    .replace(MARK, '')
    .replace(BEGUN, '')
    .replace(/ {2,}/g, ' ')
    .replace(/ +([,.;:!?])(?=\s|$)/g, '$1');
}

/** Undefined where the marks are crossed, open or closed twice. */
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
