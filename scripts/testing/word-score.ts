/** Scores an extracted text by its words. Pure. */

export interface WordScore {
  /** Share of the expected words that were found. */
  readonly recall: number;
  /** Share of the found words that were expected. */
  readonly precision: number;
  /** Harmonic mean of both. */
  readonly f1: number;
}

export const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** Words count as often as they occur; their order does not matter. */
export function wordScore(found: string, expected: string): WordScore {
  const left = new Map<string, number>();
  const wanted = wordsOf(expected);
  for (const word of wanted) left.set(word, (left.get(word) ?? 0) + 1);
  const got = wordsOf(found);
  let shared = 0;
  for (const word of got) {
    const count = left.get(word) ?? 0;
    if (count > 0) shared++;
    left.set(word, count - 1);
  }
  const recall = shared / Math.max(1, wanted.length);
  const precision = shared / Math.max(1, got.length);
  return { recall, precision, f1: shared === 0 ? 0 : (2 * recall * precision) / (recall + precision) };
}
