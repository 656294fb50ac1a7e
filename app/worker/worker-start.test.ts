import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { consoleLog, setLog } from '../../engine/index.ts';
import type { Notice } from '../protocol/errors.ts';
import { fakeEngine, tinyModel } from '../testing/fake-engine.ts';
import { eachCall, FAILURE, FAULTS, type Faults, faultsOf, faulty, noFaults } from '../testing/faults.ts';
import { diskStore, page, setUp, soon, style, TestClient } from '../testing/test-client.ts';
import { openStores } from './start/open-stores.ts';
import { memoryGlossary } from './store/lists/glossary-store.ts';
import { memoryWords } from './store/lists/word-store.ts';
import { memoryStore } from './store/store-memory.ts';
import { AppWorker } from './worker.ts';

/**
 * Timers run by a clock that the test moves: one millisecond whenever nothing else is left to do. So a call is late only
 * if it hangs, however slow the machine is.
 */
const useMovedClock = () => vi.useFakeTimers({ shouldAdvanceTime: true, advanceTimeDelta: 1 });
beforeEach(() => void useMovedClock());
afterEach(() => void vi.useRealTimers());

/** Milliseconds that a call may take before the start goes on without it. */
const PART_MS = 15;
/** More than all parts that one call can hold up. */
const ANSWER_MS = 600;

/** A device with a conversation, a stored translation, a term, a model and an import that was cut off. */
async function usedDevice() {
  const store = diskStore();
  const engine = fakeEngine();
  const before = setUp(engine, store);
  const { job, conversation } = await before.viewer.summarise({ page, style });
  await before.viewer.watch(`conversation:${conversation}`);
  await before.viewer.over(job);
  const loose = await before.viewer.translate({ text: 'Hello', language: 'de' });
  await before.viewer.watch(`job:${loose.job}`);
  await before.viewer.over(loose.job);
  // The browser ends while this one is answered.
  const cut = (await store.job(loose.job))!;
  await store.saveJob({ ...cut, id: 'cut', progress: { phase: 'writing' } });
  await store.saveSettings({ ...(await store.settings()), keepFor: 'month' });
  engine.left = [{ id: 'left', name: 'Left', done: 1, total: 2, paused: true }] as never;
  const glossary = memoryGlossary();
  await glossary.put([{ term: 'gate', translation: 'Tor', to: 'de' }]);
  return { store, engine, glossary, conversation: conversation! };
}

async function startWith(faults: Faults) {
  const { store, engine, glossary, conversation } = await usedDevice();
  const worker = new AppWorker({
    engine: faulty(engine, 'engine', faults),
    store: faulty(store, 'store', faults),
    glossary: faulty(glossary, 'glossary', faults),
    partMs: PART_MS,
  });
  const viewer = new TestClient(worker);
  return { store, engine, glossary, conversation, viewer };
}

/** The calls of a start in which nothing fails, until it is quiet. */
async function runWithoutFault(): Promise<Faults> {
  const faults = noFaults();
  const { viewer } = await startWith(faults);
  await viewer.request('settings', {});
  await soon(30);
  return faults;
}

/** `refused`, or `silent` for a request that is not answered. */
async function outcome(work: Promise<unknown>): Promise<unknown> {
  const silent = new Promise((resolve) => setTimeout(() => resolve('silent'), ANSWER_MS));
  return Promise.race([work.catch(() => 'refused'), silent]);
}

useMovedClock();
const whole = await runWithoutFault().finally(() => vi.useRealTimers());
const { calls } = whole;

describe('a start in which one call fails', () => {
  it('has the calls of store and engine that this test fails one by one', () => {
    expect(calls).toEqual(
      expect.arrayContaining([
        'store.settings',
        'store.interruptUnfinished',
        'store.removeDeleted',
        'store.unchangedSince',
        'store.damaged',
        'engine.setPace',
        'engine.list',
        'engine.estimate',
        'engine.unfinished',
        'engine.unreadable',
        'engine.storage',
      ]),
    );
  });

  const cases = eachCall(calls).flatMap((at) =>
    faultsOf(at.call, whole).map((fault) => ({ ...at, at, fault })),
  );

  it.each(cases)('$call, call $nth, $fault: lists, exports and erases', async ({ at, fault }) => {
    const { viewer, conversation, store, engine, glossary } = await startWith({ ...noFaults(), at, fault });
    const listed = await outcome(viewer.request('conversations', { limit: 5 }));
    expect(listed).toMatchObject([{ id: conversation }]);
    expect(await outcome(viewer.request('transcript', { conversation }))).toMatchObject({
      jobs: [{ text: 'Answer A ends.' }],
    });
    expect(await outcome(viewer.request('settings', {}))).toMatchObject({ language: 'en' });
    expect(await outcome(viewer.request('translations', { limit: 5 }))).toHaveLength(2);
    expect(await outcome(viewer.request('glossary', {}))).toHaveLength(1);
    expect(await outcome(viewer.request('erase', { models: true }))).toBeNull();
    expect(await store.conversations(9)).toEqual([]);
    expect(await store.looseJobs(9)).toEqual([]);
    expect(await glossary.entries()).toEqual([]);
    expect([engine.stored, engine.left]).toEqual([[], []]);
  });
});

describe('a service of which one call always fails', () => {
  const names = [
    ...new Set([...calls, 'store.erase', 'store.conversations', 'engine.erase', 'glossary.erase']),
  ];
  const cases = names.flatMap((always) => faultsOf(always, whole).map((fault) => ({ always, fault })));

  it.each(cases)(
    '$always $fault: every request is answered or refused, and all else is erased',
    async (given) => {
      const { viewer, conversation, engine, store, glossary } = await startWith({ ...noFaults(), ...given });
      for (const request of [
        viewer.request('conversations', { limit: 5 }),
        viewer.request('transcript', { conversation }),
        viewer.request('settings', {}),
        viewer.request('erase', { models: true }),
      ]) {
        // A request that reads what hangs for ever can only wait; erasing never does.
        const got = await outcome(request);
        if (given.fault !== 'hangs') expect(got).not.toBe('silent');
      }
      if (given.always !== 'store.erase') expect(await store.looseJobs(9)).toEqual([]);
      if (given.always !== 'glossary.erase') expect(await glossary.entries()).toEqual([]);
      if (given.always !== 'engine.erase') expect(engine.stored).toEqual([]);
    },
  );

  it('says which part does not work; the log has its code and not the words of the failure', async () => {
    const lines: string[] = [];
    setLog('info', (_, area, line) => lines.push(`${area}: ${line}`));
    try {
      const { viewer } = await startWith({ ...noFaults(), always: 'engine.list' });
      const notices = await noticesOf(viewer);
      expect(notices).toMatchObject([{ part: 'models', error: { who: 'models' } }]);
      expect(lines).toContain('start: left out models: internal');
      // They may be a person's.
      expect(lines.join()).not.toContain(FAILURE);
    } finally {
      setLog('warn', consoleLog('engine'));
    }
  });

  it('keeps stored settings that cannot be read, and applies changes in this session', async () => {
    const { viewer, store } = await startWith({ ...noFaults(), always: 'store.settings' });
    await viewer.request('set-settings', { settings: { pace: 'full' } });
    expect(await viewer.request('settings', {})).toMatchObject({ pace: 'full' });
    expect(await store.settings()).toMatchObject({ pace: 'balanced', keepFor: 'month' });
    expect(await noticesOf(viewer)).toMatchObject([{ part: 'settings' }]);
  });
});

async function noticesOf(viewer: TestClient): Promise<readonly Notice[]> {
  await viewer.watch('notices');
  return viewer.notices;
}

describe('databases that cannot be opened', () => {
  it.each(FAULTS)('are replaced by ones in memory and reported: the open %s', async (fault) => {
    const removed: string[] = [];
    const faults = { ...noFaults(), fault };
    const fail = async () =>
      faulty({ open: async () => null as never }, 'x', { ...faults, always: 'x.open' }).open();
    const databases = {
      store: fail,
      glossary: fail,
      words: fail,
      remove: async (name: string) => void removed.push(name),
    };
    const { notices, ...stores } = await openStores('de', databases, PART_MS);
    const worker = new AppWorker({ engine: fakeEngine([tinyModel]), ...stores, notices });
    const viewer = new TestClient(worker);
    expect((await noticesOf(viewer)).map(({ part }) => part).sort()).toEqual([
      'database',
      'glossary',
      'words',
    ]);
    const { job, conversation } = await viewer.summarise({ page, style });
    await viewer.watch(`conversation:${conversation}`);
    expect((await viewer.over(job)).text).toBe('Answer A ends.');
    // The damaged databases are erased with the ones in memory.
    await viewer.request('erase', { models: true });
    expect(removed).toEqual(['linnet', 'linnet-glossary', 'linnet-words']);
    expect(await viewer.request('conversations', { limit: 5 })).toEqual([]);
  });

  it('are not replaced where they open', async () => {
    const store = memoryStore();
    const glossary = memoryGlossary();
    const words = memoryWords();
    const opened = await openStores(
      'de',
      {
        store: async () => store,
        glossary: async () => glossary,
        words: async () => words,
        remove: async () => {},
      },
      PART_MS,
    );
    expect(opened).toEqual({ store, glossary, words, notices: [] });
  });
});
