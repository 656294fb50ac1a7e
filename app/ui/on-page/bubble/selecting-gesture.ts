/**
 * Whether a person has just selected something. A script of the page can select too, and the browser tells of both in the same
 * words. Only trusted events may be handed in.
 */

/** Milliseconds for which a gesture explains a selection: it is looked at once it stands still. */
const RECENT_MS = 1500;
/** Pixels that a pointer moves while it selects. */
const MOVED = 4;
/** Milliseconds after which a finger that stays down selects a word. */
const HELD_MS = 400;
/** Keys that move the end of a selection while Shift is held. */
const MOVING = /^(?:Arrow\w+|Home|End|Page\w+)$/;

interface Press {
  readonly x: number;
  readonly y: number;
  /** Milliseconds. */
  readonly at: number;
}

type Heard = Event & Partial<Pick<PointerEvent, 'clientX' | 'clientY' | 'detail' | 'shiftKey'>>;

export class SelectingGesture {
  private press: Press | undefined;
  private at = Number.NEGATIVE_INFINITY;

  down({ clientX: x = 0, clientY: y = 0 }: Heard): void {
    this.press = { x, y, at: performance.now() };
  }

  /** A second click selects a word; a click with Shift selects up to where it is. */
  up({ clientX, clientY, detail = 0, shiftKey = false }: Heard): void {
    const { press } = this;
    if (press === undefined) return;
    const now = performance.now();
    const moved = Math.hypot((clientX ?? press.x) - press.x, (clientY ?? press.y) - press.y) >= MOVED;
    if (moved || shiftKey || detail >= 2 || now - press.at >= HELD_MS) this.at = now;
  }

  key({ key, shiftKey, ctrlKey, metaKey }: KeyboardEvent): void {
    const all = (ctrlKey || metaKey) && key.toLowerCase() === 'a';
    if (all || (shiftKey && MOVING.test(key))) this.at = performance.now();
  }

  get isRecent(): boolean {
    return performance.now() - this.at < RECENT_MS;
  }
}
