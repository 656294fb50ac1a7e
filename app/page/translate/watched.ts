/** Translations that a page takes away: they are shown again a few times, and then count as lost. */
import type { Unit } from './unit.ts';

/** Milliseconds within which a page that is against a translation takes it away. */
const SOON = 3000;
/** Times that a translation may be taken away soon. */
const MOST = 2;

interface Watch {
  at: number;
  strikes: number;
}

export class Watched {
  private watches = new WeakMap<Unit, Watch>();
  private readonly now: () => number;

  constructor(now: () => number = Date.now) {
    this.now = now;
  }

  shown(unit: Unit): void {
    const watch = this.watches.get(unit) ?? { at: 0, strikes: 0 };
    this.watches.set(unit, { ...watch, at: this.now() });
  }

  /** Call it when a page has taken a translation away. */
  mayShowAgain(unit: Unit): boolean {
    const watch = this.watches.get(unit);
    if (watch === undefined || this.isLost(unit)) return watch === undefined;
    watch.strikes = this.now() - watch.at < SOON ? watch.strikes + 1 : 1;
    return !this.isLost(unit);
  }

  isLost(unit: Unit): boolean {
    return (this.watches.get(unit)?.strikes ?? 0) > MOST;
  }

  /** The page may leave another view, or another language, alone. */
  forgive(): void {
    this.watches = new WeakMap();
  }
}
