/** Positions a bubble beside a selection: below it, above if there is no room below, never outside the viewport. */
import type { Box } from '../../page/read/selected.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly left: number;
  readonly top: number;
}

/** Pixels between bubble and edge of the viewport. */
const MARGIN = 8;

/** `gap`: pixels between selection and bubble; wider for fingers, whose handles hang below the text. */
export function positionBeside(box: Box, size: Size, view: Size, gap: number): Point {
  const below = box.bottom + gap;
  const above = box.top - gap - size.height;
  const fitsBelow = below + size.height <= view.height - MARGIN;
  const top = fitsBelow || above < MARGIN ? below : above;
  const left = (box.left + box.right) / 2 - size.width / 2;
  return keepInside({ left, top }, size, view);
}

export function keepInside({ left, top }: Point, size: Size, view: Size): Point {
  return {
    left: clamp(left, MARGIN, view.width - size.width - MARGIN),
    top: clamp(top, MARGIN, view.height - size.height - MARGIN),
  };
}

/** The lower bound wins if the bounds are in conflict. */
function clamp(value: number, min: number, max: number): number {
  return Math.max(min, Math.min(value, max));
}
