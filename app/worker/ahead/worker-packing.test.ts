/** What was saved of a conversation is packed after a longer pause, by the worker as a whole, and only where it may be. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { EngineError, memoryStorage } from '../../../engine/index.ts';
import type { Power } from '../../protocol/page/power.ts';
import type { Settings } from '../../protocol/types.ts';
import { type FakeEngine, fakeEngine, tinyModel } from '../../testing/fake-engine.ts';
import { diskStore, page, setUp, type TestClient } from '../../testing/test-client.ts';

/** More words than a prompt must have to be worth a file. */
const long = { ...page, text: 'The linnet sings. '.repeat(60) };
const plugged: Power = { charging: true, level: 1, phone: false };
const low: Power = { charging: false, level: 0.3, phone: false };

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

/** The hashes of texts are computed beside the timers. */
async function seconds(count: number): Promise<void> {
  for (let second = 0; second < count; second++) {
    await vi.advanceTimersByTimeAsync(1000);
    await crypto.subtle.digest('SHA-256', new Uint8Array(64));
  }
}

interface Asked {
  readonly power?: Power;
  readonly settings?: Partial<Settings>;
  readonly private?: true;
}

/** A question about a page was answered on a device in this state. */
async function asked({ power = plugged, settings = {}, private: isPrivate }: Asked = {}) {
  const storage = memoryStorage();
  const engine = fakeEngine([{ ...tinyModel, contextLength: 4000 }], storage);
  const { worker, viewer } = setUp(engine, diskStore());
  await viewer.request('set-settings', { settings });
  await viewer.request('read-ahead', { power });
  const { conversation } = await viewer.chat({ text: 'Why?', page: long, private: isPrivate });
  await seconds(1);
  const sizes = async () => {
    const paths = [...storage.files.keys()].filter((path) => /prefixes\/(?!index)/.test(path));
    return Promise.all(paths.map(async (path) => (await storage.open(path))?.size ?? 0));
  };
  return { engine, worker, viewer, conversation: conversation!, sizes };
}

it('is packed when nothing has run for half a minute after it was saved', async () => {
  const { engine, conversation, sizes } = await asked();
  await seconds(20);
  const [whole = 0] = await sizes();
  expect(whole).toBeGreaterThan(0);
  expect(engine.packs).toEqual([]);
  await seconds(20);
  expect(engine.packs).toMatchObject([{ branch: `conversation:${conversation}`, pace: 'polite' }]);
  // The page as the model reads it, without the question.
  expect(JSON.stringify(engine.packs[0]?.shared)).toContain(long.text.trim());
  expect(JSON.stringify(engine.packs[0]?.shared)).not.toContain('Why?');
  expect(await sizes()).toEqual([Math.ceil(whole / 2)]);
});

it.each<[string, Asked]>([
  ['on a low battery', { power: low }],
  ['where reading ahead is turned off', { settings: { readAhead: 'never' } }],
  ['where the person turned it off', { settings: { packReading: false } }],
  ['where nothing is kept of what was read', { settings: { prefixMiB: 0 } }],
  ['in a private window', { private: true }],
])('is not packed %s', async (_, state) => {
  const { engine } = await asked(state);
  await seconds(60);
  expect(engine.packs).toEqual([]);
});

it('is packed on a low battery where the person wants that', async () => {
  const { engine } = await asked({ power: low, settings: { readAhead: 'always' } });
  await seconds(60);
  expect(engine.packs).toHaveLength(1);
});

/** Packing lasts until it is interrupted; returns how often that was. */
function interruptions(engine: FakeEngine): () => number {
  let count = 0;
  engine.packing = (signal) =>
    new Promise((resolve) =>
      signal?.addEventListener('abort', () => {
        count++;
        resolve(0.5);
      }),
    );
  return () => count;
}

type Begin = (viewer: TestClient, conversation: string, engine: FakeEngine) => Promise<unknown>;
it.each<[string, Begin]>([
  ['every question', (viewer) => viewer.translate({ text: 'Linnet', language: 'de' })],
  ['reading ahead', (viewer, conversation) => viewer.request('read-ahead', { conversation, power: plugged })],
  ['a trial of a model', (viewer) => viewer.request('probe', {})],
  [
    'a trial that fails',
    (viewer, _, engine) => {
      engine.failure = new EngineError('internal', { who: 'trial', message: 'failed' });
      return viewer.request('probe', {});
    },
  ],
])('gives way to %s, and is tried again after it', async (_, begin) => {
  const { engine, viewer, conversation } = await asked();
  const stops = interruptions(engine);
  await seconds(40);
  expect(engine.packs).toHaveLength(1);
  void begin(viewer, conversation, engine);
  await seconds(1);
  expect(stops()).toBe(1);
  await seconds(40);
  expect(engine.packs).toHaveLength(2);
});

it.each(['off', 'erased'] as const)('ends at once when it is %s', async (leave) => {
  const { engine, viewer, sizes } = await asked();
  const stops = interruptions(engine);
  await seconds(40);
  expect(engine.packs).toHaveLength(1);
  if (leave === 'off') void viewer.request('set-settings', { settings: { packReading: false } });
  else void viewer.request('erase', { models: false });
  await seconds(60);
  expect(stops()).toBe(1);
  expect(engine.packs).toHaveLength(1);
  expect(await sizes()).toHaveLength(leave === 'off' ? 1 : 0);
});
