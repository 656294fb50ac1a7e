/**
 * Positions a bubble beside a selection: below it, above if there is no room below, at its side if it is too tall for both.
 * Beside a column of vertical writing it is where the next column is. Never outside the viewport.
 */
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
  const sides = [box.right + gap, box.left - gap - size.width];
  if (box.columns === 'leftward') sides.reverse();
  const fits = (left: number) => left >= MARGIN && left + size.width <= view.width - MARGIN;
  const side = sides.find(fits);
  if (box.columns !== undefined && side !== undefined)
    return keepInside({ left: side, top: box.bottom - size.height }, size, view);
  const middle = (box.left + box.right) / 2 - size.width / 2;
  const below = box.bottom + gap;
  if (below + size.height <= view.height - MARGIN)
    return keepInside({ left: middle, top: below }, size, view);
  const above = box.top - gap - size.height;
  if (above >= MARGIN) return keepInside({ left: middle, top: above }, size, view);
  const top = (Math.max(box.top, 0) + Math.min(box.bottom, view.height)) / 2 - size.height / 2;
  return keepInside(side === undefined ? { left: middle, top: below } : { left: side, top }, size, view);
}

/** Pixels that rounding may account for. */
const ROUNDING = 1;

/** Where an element is put, so that it is seen at `wanted`; it was put at `given` and is seen at `landed`. */
export function corrected(wanted: Point, given: Point, landed: Point): Point | undefined {
  const [left, top] = [wanted.left - landed.left, wanted.top - landed.top];
  if (Math.abs(left) <= ROUNDING && Math.abs(top) <= ROUNDING) return undefined;
  return { left: given.left + left, top: given.top + top };
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
