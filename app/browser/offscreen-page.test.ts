import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { fake } from '../testing/fake-browser.ts';

vi.mock('wxt/browser', () => import('../testing/fake-browser.ts'));
const { ensureOffscreenPage } = await import('./offscreen-page.ts');

const URL_OF_ENGINE = 'chrome-extension://linnet/offscreen.html';
const OTHER = { id: 9, url: 'https://example.org/offscreen.html' };

/** What was done to tabs until the engine answered, in a browser without offscreen documents. */
async function ensured(tabs: readonly { id: number; url: string }[], hears: boolean | 'nothing') {
  const done: unknown[] = [];
  let there: boolean | 'nothing' = hears;
  const answer = (act: string, value: unknown) => async (details: unknown, more?: unknown) => {
    done.push(more === undefined ? [act, details] : [act, details, more]);
    if (act === 'create' || act === 'reload') there = true;
    return value;
  };
  fake.value = {
    runtime: {
      sendMessage: () => {
        if (there === 'nothing') return new Promise(() => {});
        return there ? Promise.resolve(true) : Promise.reject(new Error('nobody listens'));
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

it('opens a pinned tab that the browser must not unload, where there is none', async () => {
  expect(await ensured([OTHER], false)).toEqual([
    ['create', { url: URL_OF_ENGINE, pinned: true, active: false }],
    ['update', 5, { autoDiscardable: false }],
  ]);
});

it('loads a tab again that was unloaded or hears nothing, and closes doubles', async () => {
  const tabs = [OTHER, { id: 3, url: URL_OF_ENGINE }, { id: 4, url: URL_OF_ENGINE }];
  for (const hears of [false, 'nothing'] as const)
    expect(await ensured(tabs, hears)).toEqual([
      ['reload', 3],
      ['remove', [4]],
    ]);
});

it('leaves one alone that answers', async () => {
  expect(await ensured([{ id: 3, url: URL_OF_ENGINE }], true)).toEqual([]);
});
