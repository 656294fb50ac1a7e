/**
 * Ranks the sentences of a page by how much they say of it, without a model: centrality, position, words of the title and
 * of headings, words that the page repeats, and how well a sentence stands alone. Pure.
 */
import { terms } from '../bm25.ts';
import type { Candidate } from './candidates.ts';
import { centrality, similarity, type TermVector } from './centrality.ts';

/** What a sentence scores in each respect, 0 to 1. */
export interface SentenceFeatures {
  readonly centrality: number;
  /** 1 for the page's first sentence; falls with the paragraph and within it. */
  readonly position: number;
  /** Share of the title's words. */
  readonly title: number;
  /** Share of the words of the heading above. */
  readonly heading: number;
  /** How often the page has its words. */
  readonly repeated: number;
  readonly quality: number;
}

export type FeatureWeights = Readonly<Record<Exclude<keyof SentenceFeatures, 'quality'>, number>>;

/**
 * One sentence for a whole page: near its beginning, with the words of its title, as publishers describe their pages. The
 * weights were found on 27 pages with a description, each left out in turn (docs/ANSWERS.md).
 */
export const ONE_SENTENCE: FeatureWeights = {
  centrality: 0.25,
  position: 2,
  title: 4,
  heading: 0,
  repeated: 0.25,
};
/** Several, from all over the page. */
export const SEVERAL_POINTS: FeatureWeights = {
  centrality: 1,
  position: 1.3,
  title: 0.7,
  heading: 0.3,
  repeated: 0.5,
};

export function featuresOf(
  found: readonly Candidate[],
  vectors: readonly TermVector[],
  title: string,
): SentenceFeatures[] {
  const central = centrality(vectors);
  const wanted = new Set(terms(title));
  const counts = new Map<string, number>();
  for (const candidate of found)
    for (const term of new Set(candidate.terms)) counts.set(term, (counts.get(term) ?? 0) + 1);
  const repeated = found.map(({ terms: own }) => {
    const unique = [...new Set(own)];
    return unique.reduce((sum, term) => sum + Math.log(counts.get(term)!), 0) / Math.max(6, unique.length);
  });
  const most = Math.max(...repeated, Number.MIN_VALUE);
  return found.map((candidate, index) => ({
    centrality: central[index]!,
    position: 1 / (1 + 0.35 * candidate.paragraph + 0.35 * candidate.index),
    title: share(wanted, candidate.terms),
    heading: share(new Set(candidate.heading), candidate.terms),
    repeated: repeated[index]! / most,
    quality: candidate.quality,
  }));
}

function share(wanted: ReadonlySet<string>, terms: readonly string[]): number {
  if (wanted.size === 0) return 0;
  const own = new Set(terms);
  return [...wanted].filter((term) => own.has(term)).length / wanted.size;
}

/** One score per sentence; the unit has no meaning. */
export function scoreOf(features: SentenceFeatures, weights: FeatureWeights): number {
  const { centrality, position, title, heading, repeated, quality } = features;
  return (
    quality *
    (weights.centrality * centrality +
      weights.position * position +
      weights.title * title +
      weights.heading * heading +
      weights.repeated * repeated)
  );
}

/** Share of a sentence's score that it loses by repeating a chosen one entirely. */
const REDUNDANCY = 0.7;

/**
 * The best `most` sentences, best first, each penalised for what the chosen ones say already (maximal marginal relevance,
 * Carbonell and Goldstein 1998). Indices into `scores`. Of sentences with one of {@link wordRuns} in common, only the best is
 * chosen: boilerplate and copies of a sentence share them.
 */
export function chooseDiverse(
  scores: readonly number[],
  vectors: readonly TermVector[],
  runs: readonly ReadonlySet<string>[],
  most: number,
): number[] {
  const chosen: number[] = [];
  const said = new Set<string>();
  const isSaid = (index: number) => [...runs[index]!].some((run) => said.has(run));
  const overlap = scores.map(() => 0);
  while (chosen.length < Math.min(most, scores.length)) {
    let best = -1;
    let bestScore = Number.NEGATIVE_INFINITY;
    scores.forEach((score, index) => {
      const left = score * (1 - REDUNDANCY * overlap[index]!);
      if (chosen.includes(index) || left <= bestScore || isSaid(index)) return;
      best = index;
      bestScore = left;
    });
    if (best < 0) break;
    chosen.push(best);
    for (const run of runs[best]!) said.add(run);
    vectors.forEach((vector, index) => {
      overlap[index] = Math.max(overlap[index]!, similarity(vector, vectors[best]!));
    });
  }
  return chosen;
}

/** Words in a row that two sentences hardly share by chance. */
const RUN = 5;

/** All {@link RUN} words in a row of a sentence, without case. */
export function wordRuns(sentence: string): ReadonlySet<string> {
  const words = sentence.toLowerCase().match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
  const runs = new Set<string>();
  for (let at = 0; at + RUN <= words.length; at++) runs.add(words.slice(at, at + RUN).join(' '));
  return runs;
}
