import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { fake, fakeEvent } from '../testing/fake-browser.ts';

vi.mock('wxt/browser', () => import('../testing/fake-browser.ts'));
const { keepRegistered: keepEverywhere } = await import('./all-sites.ts');

/** A browser with two tabs; gives its events, and the tabs that were given the script. */
function start({ on, registered }: { on: boolean; registered: boolean }) {
  const given: number[] = [];
  const scripts: object[] = registered ? [{}] : [];
  const [onStartup, onUpdated] = [fakeEvent(), fakeEvent()];
  fake.value = {
    permissions: { request: async () => on, contains: async () => on, onRemoved: fakeEvent() },
    storage: { local: { get: async () => ({ bubbleEverywhere: on }), set: async () => {} } },
    scripting: {
      getRegisteredContentScripts: async () => scripts,
      registerContentScripts: async (made: object[]) => void scripts.push(...made),
      executeScript: async ({ target }: { target: { tabId: number } }) => void given.push(target.tabId),
    },
    tabs: { onUpdated, query: async () => [{ id: 1 }, { id: 2 }] },
    runtime: { onStartup },
  };
  keepEverywhere();
  return { given, scripts, onStartup, onUpdated };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
const soon = () => vi.advanceTimersByTimeAsync(1);

it('gives open pages the script where it was not registered any more', async () => {
  const { given, scripts } = start({ on: true, registered: false });
  await soon();
  expect([scripts.length, given]).toEqual([1, [1, 2]]);
});

it('gives it to pages that are there as the browser starts, and to those that come in its first moments', async () => {
  const { given, onStartup, onUpdated } = start({ on: true, registered: true });
  await soon();
  expect(given).toEqual([]);
  onStartup.emit();
  await soon();
  onUpdated.emit(3, { status: 'loading' });
  onUpdated.emit(3, { status: 'complete' });
  expect(given).toEqual([1, 2, 3]);
  await vi.advanceTimersByTimeAsync(10_000);
  onUpdated.emit(4, { status: 'complete' });
  expect(given).toEqual([1, 2, 3]);
});

it('gives it to nobody where it was turned off', async () => {
  const { given, onStartup, onUpdated } = start({ on: false, registered: false });
  onStartup.emit();
  await soon();
  onUpdated.emit(3, { status: 'complete' });
  expect(given).toEqual([]);
});
