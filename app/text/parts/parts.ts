/** The parts in which a long page is read: which one comes when, and how much of the page was read. Pure. */
import type { Round } from '../../protocol/types.ts';

/** The part that is read as the `turn`-th of its round; both count from 0. */
export function partOf({ ends, order }: Round, turn: number): number {
  if (order !== 'spread') return order?.[turn] ?? turn;
  if (turn === 0) return turn;
  return turn === 1 ? ends.length - 1 : 1 + bitReversedOrder(ends.length - 2)[turn - 2]!;
}

/** 0 … `length` − 1 in bit-reversed order (van der Corput), so that every prefix of the list is spread evenly. */
export function bitReversedOrder(length: number): number[] {
  const bits = Math.max(1, Math.ceil(Math.log2(length)));
  const reversed = (index: number) =>
    Number.parseInt([...index.toString(2).padStart(bits, '0')].reverse().join(''), 2);
  return Array.from({ length }, (_, index) => index).sort((a, b) => reversed(a) - reversed(b));
}

export interface PartNotes {
  readonly part: number;
  /** One `- ` line each; empty where the model found none. */
  readonly points: string;
}

/** The notes of a round so far, in the order of the page. */
export function notesInOrder(round: Round): PartNotes[] {
  return round.points
    .map((points, turn) => ({ points, part: partOf(round, turn) }))
    .toSorted((one, other) => one.part - other.part);
}

/** Share of the page's characters that has notes, 0 to 1. */
export function shareRead(rounds: readonly Round[]): number {
  const [page] = rounds;
  const length = page?.ends.at(-1) ?? 0;
  if (page === undefined || length === 0) return 0;
  const read = page.points.reduce((sum, _, turn) => {
    const part = partOf(page, turn);
    return sum + page.ends[part]! - (page.ends[part - 1] ?? 0);
  }, 0);
  return read / length;
}
