import { expect, test, vi } from 'vitest';
import { render } from '../../testing/render.ts';
import { fire } from '../../testing/window-events.ts';
import { dragBy } from './drag.ts';

function setUp() {
  const move = vi.fn();
  const screen = render(
    <div class="head" {...dragBy(() => ({ left: 100, top: 50 }), move)}>
      <button type="button" data-grip>
        Move
      </button>
      <button type="button">Close</button>
    </div>,
  );
  const head = screen.root.querySelector<HTMLElement>('.head')!;
  head.setPointerCapture = vi.fn();
  const pointer = (on: Element, type: string, clientX = 0, clientY = 0, button = 0) =>
    fire(on, type, { clientX, clientY, button, pointerId: 7 });
  return { move, screen, head, pointer, grip: screen.get('button', 'Move') };
}

test('a pointer moves it until it is released', () => {
  const { move, head, pointer } = setUp();
  pointer(head, 'pointermove', 5, 5);
  pointer(head, 'pointerdown', 10, 10);
  expect(vi.mocked(head.setPointerCapture).mock.calls).toEqual([[7]]);
  pointer(head, 'pointermove', 30, 5);
  pointer(head, 'pointerup');
  pointer(head, 'pointermove', 90, 90);
  expect(move.mock.calls).toEqual([[{ left: 120, top: 45 }]]);
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
  expect(move.mock.calls).toEqual([[{ left: 124, top: 50 }], [{ left: 100, top: 26 }]]);
});
