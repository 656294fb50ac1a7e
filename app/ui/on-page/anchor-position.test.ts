import { describe, expect, it, test } from 'vitest';
import { corrected, positionBeside } from './anchor-position.ts';

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

  it('is at the side of a column that is as tall as the viewport', () => {
    const column = (left: number) => ({ left, right: left + 20, top: 10, bottom: 590 });
    expect(positionBeside(column(100), size, view, 8)).toEqual({ left: 128, top: 250 });
    expect(positionBeside(column(300), size, view, 8)).toEqual({ left: 92, top: 250 });
  });

  it('is where the next column of vertical writing is, or on the other side', () => {
    const column = (left: number, columns: 'leftward' | 'rightward') =>
      positionBeside({ left, right: left + 20, top: 10, bottom: 300, columns }, size, view, 8);
    expect(column(300, 'leftward')).toEqual({ left: 92, top: 200 });
    expect(column(100, 'leftward')).toEqual({ left: 128, top: 200 });
    expect(column(100, 'rightward')).toEqual({ left: 128, top: 200 });
    expect(column(300, 'rightward')).toEqual({ left: 92, top: 200 });
  });
});

test('a place is corrected by how far off the element landed, if that is not by rounding', () => {
  const wanted = { left: 100, top: 50 };
  expect(corrected(wanted, wanted, { left: 100.5, top: 50 })).toBeUndefined();
  expect(corrected(wanted, wanted, { left: 130, top: 45 })).toEqual({ left: 70, top: 55 });
});
