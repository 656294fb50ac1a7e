/**
 * Whose turn it is. A text whose words keep changing is asked for after all others, and only when it has stood still for
 * a while, longer each time. Else a line that changes every second would take all turns.
 */
interface Change {
  count: number;
  at: number;
}

/** Changes after which a text counts as restless. */
const SEVERAL = 3;
/** Milliseconds that a restless text has to stand still; twice as long after each change. */
const FIRST_WAIT = 500;
const LONGEST_WAIT = 30_000;

export class Turns {
  private readonly changes = new WeakMap<Element, Change>();
  private readonly now: () => number;

  constructor(now: () => number = Date.now) {
    this.now = now;
  }

  /** The words in `place` are others than before. */
  changed(place: Element): void {
    const before = this.changes.get(place);
    // A text that stood still for long starts anew.
    const rested = before === undefined || this.now() - before.at > LONGEST_WAIT;
    this.changes.set(place, { count: rested ? 1 : before.count + 1, at: this.now() });
  }

  isRestless(place: Element): boolean {
    return (this.changes.get(place)?.count ?? 0) >= SEVERAL;
  }

  /** Milliseconds until the text in `place` may be asked for. */
  wait(place: Element): number {
    const change = this.changes.get(place);
    if (change === undefined || change.count < SEVERAL) return 0;
    const still = Math.min(FIRST_WAIT * 2 ** (change.count - SEVERAL), LONGEST_WAIT);
    return Math.max(0, change.at + still - this.now());
  }
}
