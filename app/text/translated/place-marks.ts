/**
 * Where the marks of a text (marks.ts) belong in its translation, as the texts between them. Pure.
 *
 * An answer that keeps the marks says so itself. In one that lost them, words that are the same in both texts (names,
 * numbers, code) show the place; marks between these are placed by their share of the text, at the edges of words, in
 * the order of the original. So none is lost, and each is near its words.
 */
import { type MarkedPiece, readMarks } from '../marks.ts';

/** `fixed`: a mark whose own text stands in the page whatever the answer says. */
export interface Tag {
  readonly kind: 'open' | 'close' | 'fixed';
  readonly id: number;
  /** How much of the original is before it, from 0 to 1. */
  readonly share: number;
  /** The text of the mark. */
  readonly text: string;
}

/**
 * The texts before, between and after `tags`, from an answer that keeps all marks; undefined if it has them in another
 * order.
 */
export function textsBetween(tags: readonly Tag[], answer: string): string[] | undefined {
  const texts = [''];
  const kinds = new Map(tags.map(({ id, kind }) => [id, kind]));
  let next = 0;
  const pass = (kind: Tag['kind'], id: number) => {
    const tag = tags[next++];
    texts.push('');
    return tag?.kind === kind && tag.id === id;
  };
  const read = (pieces: readonly MarkedPiece[]): boolean =>
    pieces.every((piece) => {
      if (typeof piece === 'string') texts[texts.length - 1] += piece;
      else if (kinds.get(piece.id) === 'fixed') return pass('fixed', piece.id);
      else return pass('open', piece.id) && read(piece.inner) && pass('close', piece.id);
      return true;
    });
  const pieces = readMarks(answer);
  return pieces !== undefined && read(pieces) && next === tags.length ? texts : undefined;
}

/** The same for an answer without marks; undefined if words that are the same in both have another order in the answer. */
export function guessedBetween(tags: readonly Tag[], original: string, answer: string): string[] | undefined {
  const edges = edgesOf(tags);
  const known = knownPlaces(edges, original, answer);
  if (known === undefined) return undefined;
  return cut(tags, placesOf(edges, known, answer), answer);
}

/** A beginning or an end of a mark. */
interface Edge {
  readonly end: boolean;
  readonly tag: Tag;
  readonly share: number;
}

const edgesOf = (tags: readonly Tag[]): Edge[] =>
  tags.flatMap((tag): Edge[] => {
    const { share } = tag;
    if (tag.kind !== 'fixed') return [{ end: tag.kind === 'close', tag, share }];
    return [
      { end: false, tag, share },
      { end: true, tag, share },
    ];
  });

/** Offsets in the answer of edges around texts that occur once in both. */
function knownPlaces(
  edges: readonly Edge[],
  original: string,
  answer: string,
): Map<number, number> | undefined {
  const known = new Map<number, number>();
  for (const [index, { end, tag }] of edges.entries()) {
    if (end || uniqueIndex(original, tag.text) === undefined) continue;
    const start = uniqueIndex(answer, tag.text);
    const close = edges.findIndex((edge, at) => at > index && edge.end && edge.tag.id === tag.id);
    if (start !== undefined && close > 0) known.set(index, start).set(close, start + tag.text.length);
  }
  const places = [...known].sort(([a], [b]) => a - b);
  const ordered = places.every(([, place], i) => i === 0 || places[i - 1]![1] <= place);
  return ordered ? new Map(places) : undefined;
}

function guess(
  index: number,
  edges: readonly Edge[],
  known: ReadonlyMap<number, number>,
  length: number,
): number {
  let [before, after] = [
    { share: 0, place: 0 },
    { share: 1, place: length },
  ];
  for (const [of, place] of known) {
    const here = { share: edges[of]!.share, place };
    if (of < index) before = here;
    else {
      after = here;
      break;
    }
  }
  const width = after.share - before.share;
  const part = width <= 0 ? 0 : (edges[index]!.share - before.share) / width;
  return before.place + part * (after.place - before.place);
}

interface Word {
  readonly start: number;
  /** Without a comma or full stop after it. */
  readonly end: number;
}

/** Scripts without spaces between words: each character counts as one. */
const WORD =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]|[\p{L}\p{N}\p{M}](?:[^\s]*[\p{L}\p{N}\p{M}])?/gu;

const wordsIn = (text: string): Word[] =>
  [...text.matchAll(WORD)].map(({ index, 0: word }) => ({ start: index, end: index + word.length }));

/** The offset of each edge in the answer, in ascending order. */
function placesOf(edges: readonly Edge[], known: ReadonlyMap<number, number>, answer: string): number[] {
  const words = wordsIn(answer);
  const at: (number | undefined)[] = edges.map((_, index) => known.get(index));
  const wanted = edges.map((_, index) => guess(index, edges, known, answer.length));
  let from = 0;
  for (let index = 0; index <= edges.length; index++) {
    if (index < edges.length && !known.has(index)) continue;
    placeWorded({ edges, wanted, at, from, until: index, words, length: answer.length });
    from = index + 1;
  }
  for (const [index, edge] of edges.entries()) {
    if (at[index] !== undefined) continue;
    const next = at.slice(index).find((place) => place !== undefined) ?? answer.length;
    at[index] = Math.max(at[index - 1] ?? 0, Math.min(snapped(wanted[index]!, edge, words), next));
  }
  return at as number[];
}

interface Stretch {
  readonly edges: readonly Edge[];
  readonly wanted: readonly number[];
  readonly at: (number | undefined)[];
  /** The edges from `from` to before `until`, none of which has a known place. */
  readonly from: number;
  readonly until: number;
  readonly words: readonly Word[];
  readonly length: number;
}

/** Gives each innermost mark that had words at least one, in the order of the original. */
function placeWorded({ edges, wanted, at, from, until, words, length }: Stretch): void {
  const [low, high] = [at[from - 1] ?? 0, at[until] ?? length];
  const inside = words.filter(({ start, end }) => start >= low && end <= high);
  const opens: number[] = [];
  for (let index = from; index + 1 < until; index++) {
    const [open, close] = [edges[index]!, edges[index + 1]!];
    if (!open.end && close.tag.id === open.tag.id && open.tag.kind !== 'fixed' && open.tag.text !== '')
      opens.push(index);
  }
  let next = 0;
  for (const [nth, open] of opens.entries()) {
    const rest = inside.length - (opens.length - nth);
    const first = Math.min(Math.max(nearest(inside, 'start', wanted[open]!), next), Math.max(rest, next));
    if (first >= inside.length) return;
    const last = Math.min(Math.max(nearest(inside, 'end', wanted[open + 1]!), first), Math.max(rest, first));
    at[open] = inside[first]!.start;
    at[open + 1] = inside[last]!.end;
    next = last + 1;
  }
}

function nearest(words: readonly Word[], side: keyof Word, place: number): number {
  let best = 0;
  for (const [index, word] of words.entries())
    if (Math.abs(word[side] - place) < Math.abs(words[best]![side] - place)) best = index;
  return best;
}

function snapped(place: number, { end }: Edge, words: readonly Word[]): number {
  if (words.length === 0) return Math.round(place);
  const side = end ? 'end' : 'start';
  return words[nearest(words, side, place)]![side];
}

function cut(tags: readonly Tag[], at: readonly number[], answer: string): string[] {
  const spaced = answer.includes(' ');
  const texts: string[] = [];
  let from = 0;
  let edge = 0;
  for (const { kind } of tags) {
    texts.push(answer.slice(from, at[edge]!));
    if (kind === 'fixed') edge++;
    from = at[edge]!;
    edge++;
  }
  texts.push(answer.slice(from));
  // A fixed word that the answer does not have gets spaces around it.
  for (const [index, { kind }] of tags.entries()) {
    if (kind !== 'fixed' || !spaced) continue;
    const [before, after] = [texts[index]!, texts[index + 1]!];
    if (/[\p{L}\p{N},.;:!?]$/u.test(before)) texts[index] = `${before} `;
    if (/^[\p{L}\p{N}]/u.test(after)) texts[index + 1] = ` ${after}`;
  }
  return texts;
}

/** The offset at which `part` occurs as whole words, if it does so exactly once. */
export function uniqueIndex(text: string, part: string): number | undefined {
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
