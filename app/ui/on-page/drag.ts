/** Event handlers that move an element by a handle: with mouse or touch, and with the arrow keys. */
import type { Point } from './anchor-position.ts';

/** Pixels per press of an arrow key. */
const STEP = 24;
const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, -STEP],
  ArrowDown: [0, STEP],
};

/** `where` returns the position at the start of a move; `move` receives each new position. */
export function dragBy(where: () => Point, move: (to: Point) => void) {
  let grip: { x: number; y: number; from: Point } | undefined;
  return {
    onPointerDown(event: PointerEvent) {
      // Buttons and lists inside the handle keep their own behaviour.
      if ((event.target as Element).closest('button:not([data-grip]), select') !== null || event.button !== 0)
        return;
      grip = { x: event.clientX, y: event.clientY, from: where() };
      (event.currentTarget as Element).setPointerCapture(event.pointerId);
    },
    onPointerMove(event: PointerEvent) {
      if (grip === undefined) return;
      move({ left: grip.from.left + event.clientX - grip.x, top: grip.from.top + event.clientY - grip.y });
    },
    onPointerUp() {
      grip = undefined;
    },
    onPointerCancel() {
      grip = undefined;
    },
    onKeyDown(event: KeyboardEvent) {
      const arrow = ARROWS[event.key];
      if (arrow === undefined || !(event.target as Element).matches('[data-grip]')) return;
      event.preventDefault();
      const { left, top } = where();
      move({ left: left + arrow[0], top: top + arrow[1] });
    },
  };
}
