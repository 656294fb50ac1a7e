import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { fake, fakeEvent } from '../testing/fake-browser.ts';

vi.mock('wxt/browser', () => import('../testing/fake-browser.ts'));
const { keepScriptRegistered: keepEverywhere } = await import('./all-sites.ts');

/** A fake browser with two tabs. Returns its events and the tabs in which the script was injected. */
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

it('injects the script into open pages if it is no longer registered', async () => {
  const { given, scripts } = start({ on: true, registered: false });
  await soon();
  expect([scripts.length, given]).toEqual([1, [1, 2]]);
});

it('injects it into pages that are open when the browser starts, and that load soon after', async () => {
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

it('injects it nowhere if it was turned off', async () => {
  const { given, onStartup, onUpdated } = start({ on: false, registered: false });
  onStartup.emit();
  await soon();
  onUpdated.emit(3, { status: 'complete' });
  expect(given).toEqual([]);
});
