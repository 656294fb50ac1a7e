/**
 * Chooses the sentences of a page that stand for a summary where no model has answered yet, or there is none. They are
 * the page's own, unchanged, so each can be shown where it stands. Pure.
 */
import type { PageText } from '../../protocol/types.ts';
import { type Candidate, candidates, wordCount } from './candidates.ts';
import { termVectors } from './centrality.ts';
import { chooseDiverse, featuresOf, ONE_SENTENCE, scoreOf, SEVERAL_POINTS, wordRuns } from './rank.ts';

/** `most`: sentences at most; `words`: words at most, where there is a sentence so short. */
export type QuoteRequest =
  | { readonly kind: 'sentences'; readonly most: number }
  | { readonly kind: 'headline'; readonly words: number };

/** With fewer whole sentences, lines without an end are candidates too: entries of lists, cells of tables. */
const ENOUGH = 3;
/** ` | Example News`, ` - Example News`: the name of the site after a title. */
const SITE_NAME = /\s+[|–—·•»-]\s+[^|–—·•»]{1,40}$/u;
/** Words of a sentence; a longer one is quoted only where there are too few others. */
const LONGEST = 36;
/** Words of a title; a shorter one is a name. */
const LEAST_TITLE = 3;

/** In the order of the page; empty if it has no sentence to quote. The same page gives the same sentences. */
export function quotesOf(page: PageText, request: QuoteRequest): string[] {
  if (request.kind === 'headline') return headlineOf(page, request.words);
  const all = quotable(page);
  const short = all.filter(({ words }) => words <= LONGEST);
  const found = short.length >= Math.min(ENOUGH, request.most) ? short : all;
  const vectors = termVectors(found.map(({ terms }) => terms));
  const weights = request.most === 1 ? ONE_SENTENCE : SEVERAL_POINTS;
  const scores = featuresOf(found, vectors, titleOf(page)).map((features) => scoreOf(features, weights));
  const runs = found.map(({ text }) => wordRuns(text));
  return chooseDiverse(scores, vectors, runs, request.most)
    .map((index) => found[index]!)
    .sort((one, other) => one.start - other.start)
    .map(({ text }) => text);
}

/** The page's title; for a selection, or a page without one, the best sentence that is short enough. */
function headlineOf(page: PageText, words: number): string[] {
  const title = titleOf(page);
  if (page.source !== 'selection' && wordCount(title) >= LEAST_TITLE) return [title];
  const found = quotable(page);
  const features = featuresOf(found, termVectors(found.map(({ terms }) => terms)), title);
  const scores = found.map(
    (candidate, index) => scoreOf(features[index]!, ONE_SENTENCE) * (candidate.words <= words ? 2 : 1),
  );
  const best = scores.indexOf(Math.max(...scores));
  return best < 0 ? [] : [found[best]!.text];
}

function quotable(page: PageText): Candidate[] {
  const whole = candidates(page);
  return whole.length >= ENOUGH ? whole : candidates(page, false);
}

const titleOf = ({ title }: PageText): string => title.replace(SITE_NAME, '').trim();
