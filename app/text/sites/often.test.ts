import { expect, it } from 'vitest';
import type { SummarisedPage } from '../../protocol/keeping.ts';
import { LIMITS } from '../../protocol/limits.ts';
import { OFTEN_DAYS, oftenSites, summariesOfSites, withSummary } from './often.ts';

const DAY = 24 * 60 * 60 * 1000;
const now = 100 * DAY;
type Summarised = readonly SummarisedPage[];
const after = (...seen: readonly (readonly [url: string, conversation: string, at?: number])[]): Summarised =>
  seen.reduce<Summarised>((known, [url, of, at = now]) => withSummary(known, url, of, at), []);

it('counts conversations, not the summaries in one', () => {
  const news = 'https://www.news.example/a';
  expect(oftenSites(after([news, '1'], [news, '2'], [news, '2']), now)).toEqual([]);
  expect(oftenSites(after([news, '1'], [news, '2'], ['https://news.example/b', '3']), now)).toEqual([
    'news.example',
  ]);
});

it('forgets what is older than four weeks, and what a clock that was set back says', () => {
  const known = after(['https://a.example', '1', now - (OFTEN_DAYS - 1) * DAY], ['https://b.example', '2']);
  expect(summariesOfSites(known, now)).toHaveLength(2);
  expect(summariesOfSites(known, now + 2 * DAY)).toEqual([['b.example', 1]]);
  expect(summariesOfSites(known, now - 2 * DAY)).toEqual([['a.example', 1]]);
});

it('keeps nothing of files, and not without bound', () => {
  expect(after(['file:///home/me/notes.txt', '1'])).toEqual([]);
  const many = Array.from(
    { length: LIMITS.summarised + 5 },
    (_, i) => [`https://s${i}.example`, `${i}`] as const,
  );
  const known = after(...many);
  expect([known.length, known[0]?.site]).toEqual([LIMITS.summarised, 's5.example']);
});
