/**
 * ROUGE (Lin 2004, "ROUGE: A Package for Automatic Evaluation of Summaries") of a text against one reference, without
 * stemming. A token is a word in lower case; in scripts without spaces it is a character. Pure.
 */

export interface RougeScore {
  /** Share of the reference that the text has; 0 to 1. */
  readonly recall: number;
  /** Share of the text that the reference has; 0 to 1. */
  readonly precision: number;
  /** Harmonic mean of both. */
  readonly f1: number;
}

const UNSPACED =
  '\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmer}\\p{sc=Myanmar}';
const TOKEN = new RegExp(`[${UNSPACED}]\\p{M}*|(?:(?![${UNSPACED}])[\\p{L}\\p{N}\\p{M}])+`, 'gu');

export const rougeTokens = (text: string): string[] =>
  text.normalize('NFKC').toLowerCase().match(TOKEN) ?? [];

/** ROUGE-N: n-grams that both texts have, each counted as often as it occurs in both. */
export function rougeN(text: string, reference: string, n = 1): RougeScore {
  const found = grams(rougeTokens(text), n);
  const wanted = grams(rougeTokens(reference), n);
  let shared = 0;
  for (const [gram, count] of found.counts) shared += Math.min(count, wanted.counts.get(gram) ?? 0);
  return score(shared, found.total, wanted.total);
}

/** ROUGE-L: the longest sequence of tokens that both texts have in this order, with gaps. */
export function rougeL(text: string, reference: string): RougeScore {
  const found = rougeTokens(text);
  const wanted = rougeTokens(reference);
  return score(longestCommonSubsequence(found, wanted), found.length, wanted.length);
}

function score(shared: number, found: number, wanted: number): RougeScore {
  const recall = wanted === 0 ? 0 : shared / wanted;
  const precision = found === 0 ? 0 : shared / found;
  return { recall, precision, f1: shared === 0 ? 0 : (2 * recall * precision) / (recall + precision) };
}

function grams(tokens: readonly string[], n: number): { counts: Map<string, number>; total: number } {
  const counts = new Map<string, number>();
  const total = Math.max(0, tokens.length - n + 1);
  for (let at = 0; at < total; at++) {
    const gram = tokens.slice(at, at + n).join(' ');
    counts.set(gram, (counts.get(gram) ?? 0) + 1);
  }
  return { counts, total };
}

function longestCommonSubsequence(a: readonly string[], b: readonly string[]): number {
  let above = new Array<number>(b.length + 1).fill(0);
  for (const token of a) {
    const row = [0];
    b.forEach((other, index) => {
      row.push(token === other ? above[index]! + 1 : Math.max(above[index + 1]!, row[index]!));
    });
    above = row;
  }
  return above[b.length]!;
}
