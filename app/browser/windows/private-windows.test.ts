import { expect, test, vi } from 'vitest';
import { fake, fakeEvent } from '../../testing/fake-browser.ts';
import { watchPrivateWindows } from './private-windows.ts';

vi.mock('wxt/browser', () => import('../../testing/fake-browser.ts'));

interface Tab {
  readonly id: number;
  readonly incognito: boolean;
}

function setUp(open: Tab[], windows = true) {
  const events = { onCreated: fakeEvent(), onRemoved: fakeEvent(), windowRemoved: fakeEvent() };
  fake.value = {
    tabs: { query: async () => open, onCreated: events.onCreated, onRemoved: events.onRemoved },
    ...(windows ? { windows: { onRemoved: events.windowRemoved } } : {}),
  };
  const forget = vi.fn(async () => {});
  watchPrivateWindows(forget);
  const settled = () => new Promise((resolve) => setTimeout(resolve));
  return { ...events, forget, settled };
}

const ordinary: Tab = { id: 1, incognito: false };
const secret: Tab = { id: 2, incognito: true };

test('the worker is told once the last private tab is closed, also while that tab is still listed', async () => {
  const open = [ordinary, secret, { id: 3, incognito: true }];
  const { onRemoved, forget, settled } = setUp(open);
  await settled();
  open.splice(2, 1);
  onRemoved.emit(3);
  await settled();
  expect(forget).not.toHaveBeenCalled();
  onRemoved.emit(secret.id);
  await settled();
  expect(forget).toHaveBeenCalledOnce();
});

test('closing ordinary tabs tells nothing, until a private one was opened again', async () => {
  const open: Tab[] = [ordinary];
  const { onCreated, onRemoved, windowRemoved, forget, settled } = setUp(open);
  await settled();
  // Once at the start, since a private window may have been closed while the service worker did not run.
  expect(forget).toHaveBeenCalledOnce();
  onRemoved.emit(9);
  windowRemoved.emit(9);
  await settled();
  expect(forget).toHaveBeenCalledOnce();
  open.push(secret);
  onCreated.emit(secret);
  open.pop();
  windowRemoved.emit(4);
  await settled();
  expect(forget).toHaveBeenCalledTimes(2);
});

test('a private window that is opened while tabs are being listed is not missed', async () => {
  const open: Tab[] = [ordinary, secret];
  const { onCreated, onRemoved, forget, settled } = setUp(open);
  await settled();
  open.splice(1, 1);
  onRemoved.emit(secret.id);
  const later: Tab = { id: 4, incognito: true };
  onCreated.emit(later);
  await settled();
  expect(forget).toHaveBeenCalledOnce();
  onRemoved.emit(later.id);
  await settled();
  expect(forget).toHaveBeenCalledTimes(2);
});

test('two reports of the same end tell it once', async () => {
  const open: Tab[] = [ordinary, secret];
  const { onRemoved, windowRemoved, forget, settled } = setUp(open);
  await settled();
  open.splice(1, 1);
  onRemoved.emit(secret.id);
  windowRemoved.emit(4);
  await settled();
  expect(forget).toHaveBeenCalledOnce();
});

test('phones have no windows, and a worker that does not run has nothing to forget', async () => {
  const { forget, settled } = setUp([ordinary], false);
  forget.mockRejectedValue(new Error('no receiver'));
  await settled();
  expect(forget).toHaveBeenCalledOnce();
});
