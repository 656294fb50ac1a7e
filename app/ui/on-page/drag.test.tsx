import { expect, test, vi } from 'vitest';
import { render } from '../../testing/render.ts';
import { fire } from '../../testing/window-events.ts';
import { dragBy } from './drag.ts';

function setUp() {
  const move = vi.fn();
  const screen = render(
    <div class="head" {...dragBy(move)}>
      <button type="button" data-grip>
        Move
      </button>
      <button type="button">Close</button>
    </div>,
  );
  const head = screen.root.querySelector<HTMLElement>('.head')!;
  head.setPointerCapture = vi.fn();
  /** `zoom`: pixels of the screen per CSS pixel. */
  const pointer = (on: Element, type: string, clientX = 0, clientY = 0, button = 0, zoom = 1) =>
    fire(on, type, {
      clientX,
      clientY,
      screenX: 500 + clientX * zoom,
      screenY: 200 + clientY * zoom,
      button,
      pointerId: 7,
    });
  return { move, screen, head, pointer, grip: screen.get('button', 'Move') };
}

test('a pointer moves it until it is released', () => {
  const { move, head, pointer } = setUp();
  pointer(head, 'pointermove', 5, 5);
  pointer(head, 'pointerdown', 10, 10);
  expect(vi.mocked(head.setPointerCapture).mock.calls).toEqual([[7]]);
  pointer(head, 'pointermove', 30, 5);
  pointer(head, 'pointerup', 42, 5);
  pointer(head, 'pointermove', 90, 90);
  expect(move.mock.calls).toEqual([
    [20, -5],
    [12, 0],
  ]);
});

test('movements follow the pointer although the frame of the handle moves with it, at every zoom', () => {
  for (const zoom of [0.5, 1, 2]) {
    const { move, head, pointer } = setUp();
    pointer(head, 'pointerdown', 10, 10, 0, zoom);
    pointer(head, 'pointermove', 30, 10, 0, zoom);
    // The frame is 20 pixels further now, so the pointer is where it was within it.
    fire(head, 'pointermove', {
      clientX: 20,
      clientY: 10,
      screenX: 500 + 40 * zoom,
      screenY: 200 + 10 * zoom,
    });
    expect(move.mock.calls).toEqual([
      [20, 0],
      [10, 0],
    ]);
  }
});

test('a movement too small to measure waits for the next one', () => {
  const { move, head, pointer } = setUp();
  pointer(head, 'pointerdown', 10, 10, 0);
  pointer(head, 'pointermove', 11, 10, 0);
  expect(move).not.toHaveBeenCalled();
  pointer(head, 'pointermove', 16, 10, 0);
  expect(move.mock.calls).toEqual([[6, 0]]);
});

test('a cancelled pointer moves it no further', () => {
  const { move, head, pointer } = setUp();
  pointer(head, 'pointerdown');
  pointer(head, 'pointercancel');
  pointer(head, 'pointermove', 9, 9);
  expect(move).not.toHaveBeenCalled();
});

test('buttons in the handle and other mouse buttons do not move it; the grip does', () => {
  const { move, head, grip, screen, pointer } = setUp();
  pointer(screen.get('button', 'Close'), 'pointerdown');
  pointer(head, 'pointermove', 9, 9);
  pointer(head, 'pointerdown', 0, 0, 2);
  pointer(head, 'pointermove', 9, 9);
  expect(move).not.toHaveBeenCalled();
  pointer(grip, 'pointerdown');
  pointer(head, 'pointermove', 9, 9);
  expect(move).toHaveBeenCalledTimes(1);
});

test('arrow keys on the grip move it, other keys and other places do not', async () => {
  const { move, screen, grip } = setUp();
  await screen.press('ArrowRight', { in: grip });
  await screen.press('ArrowUp', { in: grip });
  await screen.press('a', { in: grip });
  await screen.press('ArrowDown', { in: screen.get('button', 'Close') });
  expect(move.mock.calls).toEqual([
    [24, 0],
    [0, -24],
  ]);
});
