/**
 * Drafts without a second model: predicts that text continues as at an earlier occurrence. Of the earlier positions
 * after the same last two tokens, takes the one with the longest backward match, and the latest among equals.
 * Source: A. Saxena, "Prompt Lookup Decoding" (2023).
 */

/** Number of earlier positions that are compared, latest first. */
const MOST_PLACES = 16;
/** Number of tokens compared backwards. */
const MOST_AGREEMENT = 8;
/** Ids are below 2^24, so a number represents a pair exactly. */
const PAIR = 2 ** 24;

/** The text so far, with an index of its token pairs. */
export interface Lookup {
  /** Appends a token. */
  push(id: number): void;
  /** Drops the tokens from `length` on. */
  truncate(length: number): void;
  /** Predicts at most `count` ids; none if the last two tokens have not occurred together before. */
  next(count: number): number[];
}

/** Returns a lookup over the ids of `start`. `push` takes constant time. */
export function createLookup(start: readonly number[]): Lookup {
  const ids: number[] = [];
  /** The latest position after each pair. `earlier` links each position to the previous one of the same pair. */
  const latest = new Map<number, number>();
  const earlier: number[] = [];
  const pairAt = (place: number) => (ids[place - 2] as number) * PAIR + (ids[place - 1] as number);
  const push = (id: number) => {
    // This id follows the pair before it.
    const place = ids.length;
    if (place >= 2) {
      const pair = pairAt(place);
      earlier[place] = latest.get(pair) ?? -1;
      latest.set(pair, place);
    }
    ids.push(id);
  };
  const agreement = (place: number): number => {
    let n = 2;
    while (n < MOST_AGREEMENT && n < place && ids[place - 1 - n] === ids[ids.length - 1 - n]) n++;
    return n;
  };
  for (const id of start) push(id);
  return {
    push,
    truncate(length) {
      // The latest position of a pair is last in its chain, so positions leave in reverse order.
      for (let place = ids.length - 1; place >= Math.max(2, length); place--) {
        const before = earlier[place] as number;
        if (before < 0) latest.delete(pairAt(place));
        else latest.set(pairAt(place), before);
      }
      ids.length = Math.min(ids.length, length);
    },
    next(count) {
      if (ids.length < 2) return [];
      let best = -1;
      let most = 0;
      let place = latest.get(pairAt(ids.length)) ?? -1;
      for (let i = 0; i < MOST_PLACES && place >= 0; i++) {
        const n = agreement(place);
        if (n > most) [best, most] = [place, n];
        if (n === MOST_AGREEMENT) break;
        place = earlier[place] as number;
      }
      return best < 0 ? [] : ids.slice(best, best + count);
    },
  };
}
