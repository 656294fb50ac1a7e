/**
 * Chooses the sentences of a page that stand for a summary where no model has answered yet, or there is none. They are
 * the page's own, unchanged, so each can be shown where it stands. Pure.
 */
import type { PageText } from '../../protocol/types.ts';
import { type Candidate, candidates, wordCount } from './candidates.ts';
import { termVectors } from './centrality.ts';
import { headline, type Headline } from './headline.ts';
import { chooseDiverse, featuresOf, ONE_SENTENCE, scoreOf, SEVERAL_POINTS, wordRuns } from './rank.ts';

/** `most`: sentences at most; `words`: words at most. */
export type QuoteRequest =
  | { readonly kind: 'sentences'; readonly most: number }
  | { readonly kind: 'headline'; readonly words: number };

/** With fewer whole sentences, lines without an end are candidates too: entries of lists, cells of tables. */
const ENOUGH = 3;
/** ` | Example News`, ` - Example News`: the name of the site after a title. */
const SITE_NAME = /\s+[|–—·•»-]\s+[^|–—·•»]{1,40}$/u;
/** `Example News: `, `Example | `: what may be the name of the site before a title. */
const SITE_FIRST = /^([^|–—·•»:]{2,30}?)(?:\s+[|–—·•»-]|:)\s+/u;
/** How much a sentence counts as a headline, by where it was cut. */
const WHOLE: Readonly<Record<Headline['kind'], number>> = { whole: 1.5, clause: 1.3, phrase: 0.9, word: 0.4 };
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

/**
 * The page's title; for a selection, or a page without one, its best sentence. Both are cut to so many words where that
 * leaves them whole, and of two sentences the one that needs no cut is better.
 */
function headlineOf(page: PageText, words: number): string[] {
  const title = titleOf(page);
  if (page.source !== 'selection' && wordCount(title) >= LEAST_TITLE) return [headline(title, words).text];
  const found = quotable(page);
  const features = featuresOf(found, termVectors(found.map(({ terms }) => terms)), title);
  const lines = found.map(({ text }) => headline(text, words));
  const scores = lines.map(({ kind }, index) => scoreOf(features[index]!, ONE_SENTENCE) * WHOLE[kind]);
  const best = scores.indexOf(Math.max(...scores));
  return best < 0 ? [] : [lines[best]!.text];
}

function quotable(page: PageText): Candidate[] {
  const whole = candidates(page);
  return whole.length >= ENOUGH ? whole : candidates(page, false);
}

/** The title without the names of the site and its sections, at its end or, where the address has the name, before it. */
function titleOf({ title, url }: PageText): string {
  let bare = withoutSite(title, url).replace(SITE_NAME, '').trim();
  for (;;) {
    const less = bare.replace(SITE_NAME, '').trim();
    if (less === bare || wordCount(less) < LEAST_TITLE) return bare;
    bare = less;
  }
}

function withoutSite(title: string, url: string): string {
  const name = SITE_FIRST.exec(title);
  const host = URL.canParse(url) ? new URL(url).hostname.replace(/[^a-z0-9]/g, '') : '';
  const letters = (name?.[1] ?? '').toLowerCase().replace(/[^a-z0-9]/g, '');
  return letters !== '' && host.includes(letters) ? title.slice(name![0].length) : title;
}
