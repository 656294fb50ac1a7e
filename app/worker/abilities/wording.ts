/**
 * How much an answer has the wording of a text: the share of the answer's short runs of letters that occur in the text.
 * Translations of the same sentences into the same language share many of them, whatever words they choose, and
 * translations into different languages few. Digits and punctuation do not count. Pure.
 */

/** Letters in a run; writing without spaces packs more into a letter. */
const LETTERS = 3;
const DENSE_LETTERS = 2;
const DENSE = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Thai}]/u;

/** From 0 (nothing of it) to 1 (every run); 0 for an answer without letters. A run counts as often as the text has it. */
export function wordingShare(answer: string, text: string): number {
  const left = countRuns(text);
  let all = 0;
  let shared = 0;
  for (const run of runsOf(answer)) {
    all++;
    const count = left.get(run) ?? 0;
    if (count === 0) continue;
    shared++;
    left.set(run, count - 1);
  }
  return all === 0 ? 0 : shared / all;
}

/** The key of the text whose wording the answer has most of; undefined if it has none of any. */
export function nearestWording(answer: string, texts: Readonly<Record<string, string>>): string | undefined {
  let nearest: string | undefined;
  let most = 0;
  for (const [key, text] of Object.entries(texts)) {
    const share = wordingShare(answer, text);
    if (share <= most) continue;
    most = share;
    nearest = key;
  }
  return nearest;
}

/** How many letters a text has. */
export const countLetters = (text: string): number => text.match(/\p{L}/gu)?.length ?? 0;

function countRuns(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const run of runsOf(text)) counts.set(run, (counts.get(run) ?? 0) + 1);
  return counts;
}

function runsOf(text: string): string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{M}]+/gu) ?? [];
  return words.flatMap((word) => {
    const dense = DENSE.test(word);
    const letters = [...(dense ? word : ` ${word} `)];
    const size = dense ? DENSE_LETTERS : LETTERS;
    return letters
      .slice(0, Math.max(1, letters.length - size + 1))
      .map((_, at) => letters.slice(at, at + size).join(''));
  });
}
