/** Decides what is kept in memory only, and until when. Where a record goes then is for the store (split-store.ts). */
import type { InMemory, KeepSettings } from '../../protocol/keeping.ts';
import type { Sender } from '../../protocol/sender.ts';
import { isOfSite } from '../../text/sites/sites.ts';

export interface Origin {
  /** It comes from a private window. */
  readonly private: boolean;
  /** Of the pages that it was read of or asked about. */
  readonly urls: readonly (string | undefined)[];
}

/** Undefined for what is stored. */
export function inMemoryOf(origin: Origin, { keepFor, neverKept = [] }: KeepSettings): InMemory | undefined {
  if (origin.private) return 'private-window';
  if (keepFor === 'session') return 'session';
  return origin.urls.some((url) => neverKept.some((site) => isOfSite(url, site))) ? 'session' : undefined;
}

/** `isPrivate`: as an own page says, whose popups the browser does not place in a window. */
export function originOf({ incognito, url }: Sender, isPrivate: boolean | undefined = false): Origin {
  return { private: isPrivate || incognito, urls: [url] };
}

const RANK = { stored: 0, session: 1, 'private-window': 2 } as const;

/** Whether what is kept as `is` says lasts longer than `wanted` allows. */
export const lastsLonger = (is: InMemory | undefined, wanted: InMemory | undefined): boolean =>
  RANK[is ?? 'stored'] < RANK[wanted ?? 'stored'];
