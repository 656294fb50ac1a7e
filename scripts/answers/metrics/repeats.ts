/** How much an answer repeats itself. Pure. */
import { rougeTokens } from '../../testing/rouge.ts';

/** Words of a run; a character counts as a word in scripts without spaces. */
const RUN = 5;

/** Runs of five words, and those of them that stand earlier in the answer too. */
export function repeatedRuns(answer: string): { readonly runs: number; readonly repeated: number } {
  const words = rougeTokens(answer);
  const seen = new Set<string>();
  const runs = Math.max(0, words.length - RUN + 1);
  for (let at = 0; at < runs; at++) seen.add(words.slice(at, at + RUN).join(' '));
  return { runs, repeated: runs - seen.size };
}
