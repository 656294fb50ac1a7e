/** The words around a word that was found, for a list of results. Pure. */
import { fold } from '../../text/fold.ts';
import type { Snippet } from '../../protocol/search-result.ts';

/** Characters before and after the word that was found. */
const BEFORE = 24;
const AFTER = 80;

/** The first occurrence of a folded word in a text, with its surroundings. */
export function snippetAround(text: string, word: string): Snippet {
  const [start, end] = rangeOf(text, word);
  const before = text.slice(Math.max(0, start - BEFORE), start);
  const after = text.slice(end, end + AFTER);
  return {
    // Words cut in half are left out.
    before: inOneLine(start > BEFORE ? `…${before.replace(/^\S*(?=\s)/, '')}` : before),
    hit: text.slice(start, end),
    after: inOneLine(end + AFTER < text.length ? `${after.replace(/\s\S*$/, '')}…` : after),
  };
}

/** The range of a folded word in characters of the original text, which may have more or fewer than the folded one. */
function rangeOf(text: string, word: string): readonly [start: number, end: number] {
  const offsets: number[] = [];
  let plain = '';
  let at = 0;
  for (const character of text) {
    const letters = fold(character);
    for (let i = 0; i < letters.length; i++) offsets.push(at);
    plain += letters;
    at += character.length;
  }
  const start = plain.indexOf(word);
  // Folding character by character can differ from folding the whole text; then the text's beginning is shown.
  if (start < 0) return [0, 0];
  return [offsets[start]!, offsets[start + word.length] ?? text.length];
}

const inOneLine = (text: string): string => text.replace(/\s+/g, ' ');
