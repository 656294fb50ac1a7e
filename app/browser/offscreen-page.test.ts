import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { fake } from '../testing/fake-browser.ts';

vi.mock('wxt/browser', () => import('../testing/fake-browser.ts'));
const { ensureOffscreenPage } = await import('./offscreen-page.ts');

const URL_OF_ENGINE = 'chrome-extension://linnet/offscreen.html';
const OTHER = { id: 9, url: 'https://example.org/offscreen.html' };

/** The calls to the tabs API until the engine answered, in a browser without offscreen documents. */
async function ensured(tabs: readonly { id: number; url: string }[], initially: boolean | 'frozen') {
  const done: unknown[] = [];
  let responds: boolean | 'frozen' = initially;
  const answer = (act: string, value: unknown) => async (details: unknown, more?: unknown) => {
    done.push(more === undefined ? [act, details] : [act, details, more]);
    if (act === 'create' || act === 'reload') responds = true;
    return value;
  };
  fake.value = {
    runtime: {
      sendMessage: () => {
        if (responds === 'frozen') return new Promise(() => {});
        return responds ? Promise.resolve(true) : Promise.reject(new Error('no receiver'));
      },
    },
    tabs: {
      query: async () => tabs,
      create: answer('create', { id: 5 }),
      reload: answer('reload', undefined),
      remove: answer('remove', undefined),
      update: answer('update', undefined),
    },
  };
  const ready = ensureOffscreenPage();
  await vi.advanceTimersByTimeAsync(10_000);
  await ready;
  return done;
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('self', { location: { origin: 'chrome-extension://linnet' } });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('opens a pinned tab that the browser must not unload, if there is none', async () => {
  expect(await ensured([OTHER], false)).toEqual([
    ['create', { url: URL_OF_ENGINE, pinned: true, active: false }],
    ['update', 5, { autoDiscardable: false }],
  ]);
});

it('reloads a tab that was unloaded or does not answer, and closes duplicates', async () => {
  const tabs = [OTHER, { id: 3, url: URL_OF_ENGINE }, { id: 4, url: URL_OF_ENGINE }];
  for (const initially of [false, 'frozen'] as const)
    expect(await ensured(tabs, initially)).toEqual([
      ['reload', 3],
      ['remove', [4]],
    ]);
});

it('does not change a tab that answers', async () => {
  expect(await ensured([{ id: 3, url: URL_OF_ENGINE }], true)).toEqual([]);
});
