import { describe, expect, it } from 'vitest';
import { positionBeside } from './anchor-position.ts';

const view = { width: 400, height: 600 };
const size = { width: 200, height: 100 };
const box = (left: number, top: number) => ({ left, top, right: left + 50, bottom: top + 20 });

describe('positionBeside', () => {
  it('is below the selection, centred', () => {
    expect(positionBeside(box(175, 100), size, view, 8)).toEqual({ left: 100, top: 128 });
  });

  it('is above if there is no room below', () => {
    expect(positionBeside(box(175, 560), size, view, 8).top).toBe(452);
  });

  it('is inside the viewport, even for selections outside of it and for larger bubbles', () => {
    expect(positionBeside(box(-40, 100), size, view, 8).left).toBe(8);
    expect(positionBeside(box(390, 100), size, view, 8).left).toBe(192);
    expect(positionBeside(box(10, 900), size, view, 8).top).toBe(492);
    expect(positionBeside(box(10, 10), { width: 500, height: 700 }, view, 8)).toEqual({ left: 8, top: 8 });
  });
});
