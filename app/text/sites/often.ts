/** Counts which sites a person summarises often. Pure. */
import type { SummarisedPage } from '../../protocol/keeping.ts';
import { LIMITS } from '../../protocol/limits.ts';
import { siteOf } from './sites.ts';

/** Summaries within {@link OFTEN_DAYS}, each in a conversation of its own, after which a site counts as summarised often. */
export const OFTEN_TIMES = 3;
export const OFTEN_DAYS = 28;
const OFTEN_MS = OFTEN_DAYS * 24 * 60 * 60 * 1000;

type Summarised = readonly SummarisedPage[];

/** With a summary of the page at this address, and without those whose time is over. The oldest make room. */
export function withSummary(known: Summarised, url: string, conversation: string, now: number): Summarised {
  const site = siteOf(url);
  const kept = recent(known, now).filter((each) => each.conversation !== conversation);
  return site === undefined ? kept : [...kept, { site, conversation, at: now }].slice(-LIMITS.summarised);
}

/** `now`: milliseconds since 1970. A clock that was set back makes nothing last longer. */
export const recent = (known: Summarised, now: number): Summarised =>
  known.filter(({ at }) => at <= now && now - at < OFTEN_MS);

/** How many summaries each site has, most first. */
export function summariesOfSites(
  known: Summarised,
  now: number,
): readonly (readonly [site: string, times: number])[] {
  const times = new Map<string, number>();
  for (const { site } of recent(known, now)) times.set(site, (times.get(site) ?? 0) + 1);
  return [...times].toSorted(([a, one], [b, other]) => other - one || (a < b ? -1 : 1));
}

export const oftenSites = (known: Summarised, now: number): readonly string[] =>
  summariesOfSites(known, now).flatMap(([site, times]) => (times >= OFTEN_TIMES ? [site] : []));
