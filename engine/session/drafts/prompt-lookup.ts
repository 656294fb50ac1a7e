/**
 * Drafts without a second model: text that quotes goes on as what it quotes. Of all places where the last two tokens
 * stood before, the one that agrees longest backwards is taken, the latest among equals.
 * Source: A. Saxena, "Prompt Lookup Decoding" (2023).
 */

/** Earlier places of a pair that are compared, latest first. */
const MOST_PLACES = 16;
/** Tokens compared backwards. */
const MOST_AGREEMENT = 8;
/** Ids are below 2^24, so a pair is an exact number. */
const PAIR = 2 ** 24;

export interface Lookup {
  push(id: number): void;
  /** What may follow: at most `count` ids, none where the last two never stood together before. */
  next(count: number): number[];
}

export function createLookup(start: readonly number[]): Lookup {
  const ids: number[] = [];
  /** The latest place after a pair, and for each place the one before it of the same pair. */
  const latest = new Map<number, number>();
  const earlier: number[] = [];
  const pairAt = (place: number) => (ids[place - 2] as number) * PAIR + (ids[place - 1] as number);
  const push = (id: number) => {
    // The pair before this id is complete, and this id follows it.
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
