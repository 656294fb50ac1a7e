/**
 * Event handlers that move something by a handle: with mouse or touch, and with the arrow keys. The handle is in a frame,
 * and the frame moves with it, so positions are those on the screen.
 */

/** Pixels per press of an arrow key. */
const STEP = 24;
const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, -STEP],
  ArrowDown: [0, STEP],
};
/** Pixels that the first movement must have, to compare both measures of it. */
const MEASURABLE = 4;
/** What browsers zoom to. */
const ZOOM = { min: 0.25, max: 5 };

interface Grip {
  readonly screen: readonly [number, number];
  readonly client: readonly [number, number];
  readonly from: readonly [number, number];
}

const isMeasurable = (distance: number): boolean => Math.abs(distance) >= MEASURABLE;

/** Pixels of the screen per CSS pixel: the frame has not moved yet, so both measure the same distance. */
function zoomOf(onScreen: readonly number[], onPage: readonly number[]): number {
  const axis = isMeasurable(onScreen[0]!) ? 0 : 1;
  const ratio = onScreen[axis]! / onPage[axis]!;
  return ratio >= ZOOM.min && ratio <= ZOOM.max ? ratio : 1;
}

/** `moveBy` receives each movement, in CSS pixels. */
export function dragBy(moveBy: (x: number, y: number) => void) {
  let grip: Grip | undefined;
  let zoom: number | undefined;
  const end = () => {
    grip = undefined;
    zoom = undefined;
  };
  const follow = ({ screenX, screenY, clientX, clientY }: PointerEvent) => {
    if (grip === undefined) return;
    const onScreen = [screenX - grip.from[0], screenY - grip.from[1]];
    if (zoom === undefined && !onScreen.some(isMeasurable)) return;
    zoom ??= zoomOf(onScreen, [clientX - grip.client[0], clientY - grip.client[1]]);
    moveBy((screenX - grip.screen[0]) / zoom, (screenY - grip.screen[1]) / zoom);
    grip = { ...grip, screen: [screenX, screenY] };
  };
  return {
    onPointerDown(event: PointerEvent) {
      // Buttons and lists inside the handle keep their own behaviour.
      if ((event.target as Element).closest('button:not([data-grip]), select') !== null || event.button !== 0)
        return;
      const screen = [event.screenX, event.screenY] as const;
      grip = { screen, from: screen, client: [event.clientX, event.clientY] };
      (event.currentTarget as Element).setPointerCapture(event.pointerId);
    },
    onPointerMove: follow,
    onPointerUp(event: PointerEvent) {
      // The last movement may come with the release alone.
      follow(event);
      end();
    },
    onPointerCancel: end,
    onKeyDown(event: KeyboardEvent) {
      const arrow = ARROWS[event.key];
      if (arrow === undefined || !(event.target as Element).matches('[data-grip]')) return;
      event.preventDefault();
      moveBy(...arrow);
    },
  };
}
