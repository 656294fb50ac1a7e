/**
 * How long the browser has reported an element of this frame as visible: wholly opaque, without effects, and with nothing
 * over it, in this document and in those around it (Intersection Observer, version 2). A browser that has only version 1
 * reports whether it is in view; then only the check of the page around it (hindrance.ts) counts.
 */

/** Milliseconds between two reports; the least that the browser allows. */
const DELAY_MS = 100;
/** A part of the element that must be in view: it grows a moment before its frame does. */
const MIN_RATIO = 0.5;

interface Report {
  readonly isIntersecting: boolean;
  readonly intersectionRatio: number;
  /** Absent in version 1. */
  readonly isVisible?: boolean;
}

export class Sight {
  private since: number | undefined;
  private readonly now: () => number;

  /** `now` returns milliseconds. */
  constructor(target: Element, now: () => number = () => performance.now()) {
    this.now = now;
    const options = { threshold: [0, MIN_RATIO, 1], trackVisibility: true, delay: DELAY_MS };
    const observer = new IntersectionObserver((entries: readonly Report[]) => {
      const latest = entries.at(-1);
      if (latest === undefined) return;
      const { isIntersecting, intersectionRatio, isVisible = isIntersecting } = latest;
      const seen = isVisible && intersectionRatio >= MIN_RATIO;
      this.since = seen ? (this.since ?? this.now()) : undefined;
    }, options);
    observer.observe(target);
  }

  /** Milliseconds; undefined if it is not visible now. */
  seenFor(): number | undefined {
    return this.since === undefined ? undefined : this.now() - this.since;
  }
}
