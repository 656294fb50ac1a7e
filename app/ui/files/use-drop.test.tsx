import { expect, test, vi } from 'vitest';
import { render, settled } from '../../testing/render.ts';
import { fire } from '../../testing/window-events.ts';
import { useDrop } from './use-drop.ts';

const withFiles = { dataTransfer: { types: ['Files'] } };
const withText = { dataTransfer: { types: ['text/plain'] } };

function setUp() {
  const take = vi.fn();
  const Page = () => <p>{useDrop(take) ? 'over' : 'away'}</p>;
  const screen = render(<Page />);
  /** Whether the browser's own reaction was prevented, and what the page says afterwards. */
  const drag = async (type: string, properties: object) => {
    let prevented = false;
    await settled(() => {
      prevented = !fire(window, type, properties);
    });
    return [prevented, screen.text()];
  };
  return { take, drag, screen };
}

test('dragged files are noticed until they leave the window', async () => {
  const { drag } = setUp();
  expect(await drag('dragover', withFiles)).toEqual([true, 'over']);
  expect(await drag('dragleave', { relatedTarget: document.body })).toEqual([false, 'over']);
  expect(await drag('dragleave', { relatedTarget: null })).toEqual([false, 'away']);
});

test('dropped files are taken, and the browser does not open them', async () => {
  const { drag, take } = setUp();
  await drag('dragover', withFiles);
  expect(await drag('drop', withFiles)).toEqual([true, 'away']);
  expect(take.mock.calls).toEqual([[withFiles.dataTransfer]]);
});

test('text is left to the browser', async () => {
  const { drag, take } = setUp();
  expect(await drag('dragover', withText)).toEqual([false, 'away']);
  expect(await drag('drop', withText)).toEqual([false, 'away']);
  expect(take).not.toHaveBeenCalled();
});

test('an unmounted page takes nothing', async () => {
  const { drag, take, screen } = setUp();
  screen.unmount();
  expect((await drag('drop', withFiles))[0]).toBe(false);
  expect(take).not.toHaveBeenCalled();
});
