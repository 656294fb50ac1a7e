/**
 * Bookkeeping of states that cannot be cut back (graph/slots.ts): which slot has the state after which position. A run
 * reads the slot of the position that it begins at and writes another one, so the last two states are always there: a
 * draft or a step ahead that does not count is undone by reading the older one. The other slots keep states of earlier
 * positions. A cache is cut back to the newest of them, and the tokens after it are run again.
 *
 * Which state is given up for a new one: the one that costs least if it is missed. That is the distance between the
 * states around it, divided by how far back it is, since a cut is the likelier the fewer tokens it takes back. States of
 * a text that was read count more than those between the tokens of an answer, and its last two stay: the next question
 * about a text departs near its end.
 */
import { invariant } from '../base/errors.ts';

export interface Snapshots {
  /** The longest length up to `length` after which a run can continue; 0 if there is none. */
  newest(length: number): number;
  /**
   * Begins a run of `rows` at `position`, whose state must be there unless it is 0; states of later positions are
   * forgotten. Until {@link end} the state that the run writes does not count.
   */
  begin(position: number, rows: number): SlotPair;
  /** The run begun last is done. */
  end(): void;
  /** The slots of the run begun last. */
  readonly run: SlotPair;
  /** The slot with the state after `position`. */
  slotAt(position: number): number | undefined;
  /** Forgets states of positions after `position`. */
  cut(position: number): void;
  /** Returns a slot that the caller fills with the state after `position`. */
  place(position: number): number;
}

/** The slots that a run reads and writes. */
export interface SlotPair {
  readonly read: number;
  readonly write: number;
}

interface Snapshot {
  readonly position: number;
  readonly slot: number;
  /** Whether a run of many rows wrote it. */
  readonly read: boolean;
}

/** Runs of more rows read a text; others write an answer, or verify a draft of it. */
const FEW = 8;
/** Tokens by which a state counts as further back than it is: about a question and its answer. */
const NEAR = 128;
const TIMES_IF_READ = 8;
/** The end of a prompt, and the last state before it, where the prompt was the same as that of the next question. */
const LAST_READ = 2;

export function createSnapshots(slots: number): Snapshots {
  invariant(slots >= 2, 'snapshots', `${slots} slots are too few`);
  /** By position. */
  let kept: Snapshot[] = [];
  let run: SlotPair = { read: 0, write: 0 };
  let next: Snapshot | undefined;

  const cut = (position: number) => {
    kept = kept.filter((snapshot) => snapshot.position <= position);
  };
  const price = (i: number): number => {
    const { position, read } = kept[i] as Snapshot;
    const [before, after] = [kept[i - 1]?.position ?? 0, kept[i + 1]?.position ?? position];
    const back = (kept.at(-1) as Snapshot).position - position;
    return ((after - before) / (back + NEAR)) * (read ? TIMES_IF_READ : 1);
  };
  /** A slot for a new state; the state after `except` stays. */
  const free = (except: number): number => {
    const used = new Set(kept.map(({ slot }) => slot));
    for (let slot = 0; slot < slots; slot++) if (!used.has(slot)) return slot;
    const ends = kept.filter((snapshot) => snapshot.read).slice(-LAST_READ);
    const others = kept.map((_, i) => i).filter((i) => kept[i]?.position !== except);
    const cheap = others.filter((i) => !ends.includes(kept[i] as Snapshot));
    const order = cheap.length > 0 ? cheap : others;
    const cheapest = order.reduce((a, b) => (price(b) < price(a) ? b : a));
    return (kept.splice(cheapest, 1)[0] as Snapshot).slot;
  };
  const slotAt = (position: number) => kept.find((snapshot) => snapshot.position === position)?.slot;
  const add = (snapshot: Snapshot) => {
    kept = [...kept.filter(({ position }) => position < snapshot.position), snapshot];
  };

  return {
    get run() {
      return run;
    },
    newest: (length) => kept.findLast(({ position }) => position <= length)?.position ?? 0,
    begin(position, rows) {
      cut(position);
      const read = slotAt(position);
      invariant(read !== undefined || position === 0, 'snapshots', `no state after ${position} tokens`);
      const write = free(position);
      run = { read: read ?? write, write };
      next = { position: position + rows, slot: write, read: rows > FEW };
      return run;
    },
    end() {
      if (next !== undefined) add(next);
      next = undefined;
    },
    slotAt,
    cut,
    place(position) {
      cut(position - 1);
      const slot = free(-1);
      add({ position, slot, read: true });
      return slot;
    },
  };
}
