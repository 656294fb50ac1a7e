/** Tells whether a point of a list says again what those before it say. Pure. */
import { terms } from '../../text/bm25.ts';
import { fold } from '../../text/fold.ts';
import { stem } from '../../text/passages.ts';
import { wordEnds } from '../../text/extract/cuts.ts';

/** Points of at least so many different words, stopwords included, are the same if they share this part of the fewer. */
const COMPARED = 5;
const SHARED = 0.8;
/** Part of the content words of a point that another has too, if they have so many words in a row in common. */
const CONTENT = 0.6;
const RUN = 5;
/** A point of at least so many content words says nothing new if all points before it have this part of them. */
const NEW_COMPARED = 5;
const KNOWN = 0.8;

export function isSaidBefore(point: string, before: readonly string[]): boolean {
  const words = stems(point);
  if (words.length === 0 || before.length === 0) return false;
  const content = new Set(terms(point));
  const known = before.map((other) => new Set(terms(other)));
  if (before.some((other, index) => isSame(words, stems(other), part(content, known[index]!)))) return true;
  const all = new Set(known.flatMap((each) => [...each]));
  return content.size >= NEW_COMPARED && part(content, all) >= KNOWN;
}

/** `content`: part of the content words of the one point that the other has. */
function isSame(words: readonly string[], others: readonly string[], content: number): boolean {
  if (words.join(' ') === others.join(' ')) return true;
  const [one, two] = [new Set(words), new Set(others)];
  const [fewer, more] = one.size <= two.size ? [one, two] : [two, one];
  if (fewer.size >= COMPARED && part(fewer, more) >= SHARED) return true;
  return content >= CONTENT && haveRun(words, others);
}

/** The part of `some` that is in `others`; 0 for none. */
function part(some: ReadonlySet<string>, others: ReadonlySet<string>): number {
  return some.size === 0 ? 0 : [...some].filter((each) => others.has(each)).length / some.size;
}

function haveRun(words: readonly string[], others: readonly string[]): boolean {
  const runs = (list: readonly string[]) =>
    list.slice(0, Math.max(0, list.length - RUN + 1)).map((_, at) => list.slice(at, at + RUN).join(' '));
  const known = new Set(runs(others));
  return runs(words).some((run) => known.has(run));
}

/** The words in order, without case, accents and endings. */
function stems(text: string): string[] {
  let start = 0;
  return wordEnds(text).map((end) => {
    const word = text.slice(start, end).replace(/^[^\p{L}\p{N}]+/u, '');
    start = end;
    return stem(fold(word));
  });
}
