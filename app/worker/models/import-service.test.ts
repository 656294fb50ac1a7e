import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fail, EngineError, type StoredModel } from '../../../engine/index.ts';
import type { Engine, EngineImportHooks, ImportForm } from './engine.ts';
import { fakeEngine, tinyModel } from '../../testing/fake-engine.ts';
import { ImportService } from './import-service.ts';
import { throughputMeter } from './throughput.ts';

const unfinished = {
  id: 'half',
  name: 'Half',
  weights: 'm0e4',
  done: 40,
  total: 100,
  bytes: 70,
  startedAt: 1,
  paused: false,
  attempts: 0,
  checkpoint: { kind: 'address', address: 'org/half' },
} as const;

/** An engine whose imports stay at 40 of 100 until the test ends them. */
function setUp(left: Awaited<ReturnType<Engine['unfinished']>> = []) {
  const runs: {
    hooks: EngineImportHooks;
    form: ImportForm | undefined;
    end(model: StoredModel): void;
    fail(error: unknown): void;
  }[] = [];
  const engine = fakeEngine();
  engine.left = left;
  engine.import = (_, hooks, form) =>
    new Promise((resolve, reject) => {
      runs.push({ hooks, form, end: resolve, fail: reject });
      const stopped = (code: 'import-paused' | 'source-cancelled') => {
        try {
          fail(code, { who: 'test', message: 'stopped' });
        } catch (error) {
          reject(error);
        }
      };
      if (hooks.pause?.aborted === true) return stopped('import-paused');
      hooks.pause?.addEventListener('abort', () => stopped('import-paused'));
      hooks.signal?.addEventListener('abort', () => stopped('source-cancelled'));
      hooks.onBegin?.('half', 'Half of it');
      hooks.onProgress?.({ phase: 'converting', done: 40, total: 100 });
    });
  const stored: (StoredModel | undefined)[] = [];
  const hold: { turn: Promise<void> } = { turn: Promise.resolve() };
  const line: { back(): void } = { back: () => {} };
  const worker = new ImportService({
    engine,
    whenOnline: (listener) => {
      line.back = listener;
    },
    now: () => 0,
    changed: () => {},
    stored: async (model) => void stored.push(model),
    turn: () => hold.turn,
  });
  return { worker, engine, runs, stored, line, hold };
}

const soon = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('imports', () => {
  it('continues one in which the worker ended once, and leaves one in which it ended twice to a person', async () => {
    const once = setUp([{ ...unfinished, attempts: 1 }]);
    await once.worker.adopt(true);
    expect(once.worker.states()).toMatchObject([{ status: 'running' }]);
    const { worker, runs, engine } = setUp([{ ...unfinished, attempts: 2 }]);
    await worker.adopt(true);
    await soon();
    expect(runs).toHaveLength(0);
    const [state] = worker.states();
    expect(state).toMatchObject({
      status: 'failed',
      kept: true,
      progress: { done: 40, total: 100 },
      error: { code: 'import-stuck', who: 'Half', message: expect.stringContaining('2 attempts') },
    });
    worker.resume(state?.id ?? '');
    await soon();
    expect(runs).toHaveLength(1);
    expect(worker.states()).toMatchObject([{ status: 'running', error: undefined }]);
    await worker.dismiss(state?.id ?? '');
    expect(engine.left).toEqual([]);
    expect(worker.states()).toEqual([]);
  });

  it('says that an import began once it is on the disk, or has ended', async () => {
    const { worker, runs } = setUp();
    const address = (name: string) => ({ kind: 'address', address: `org/${name}` }) as const;
    const known: string[] = [];
    void worker.start(address('a'), 'a', 'A').then(() => known.push('a'));
    void worker.start(address('b'), 'b', 'B').then(() => known.push('b'));
    await soon();
    expect(known).toEqual([]);
    runs[0]?.hooks.onKept?.();
    await soon();
    expect(known).toEqual(['a']);
    runs[1]?.fail(new Error('no room'));
    await soon();
    expect(known).toEqual(['a', 'b']);
  });

  it('says that an import is paused once that is on the disk', async () => {
    const { worker } = setUp();
    void worker.start({ kind: 'address', address: 'org/half' }, 'a', 'Half');
    await soon();
    await worker.pause('a');
    expect(worker.states()).toMatchObject([{ status: 'paused' }]);
  });

  it('pauses, continues and ends', async () => {
    const { worker, runs, stored } = setUp();
    worker.start({ kind: 'address', address: 'org/half' }, 'a', 'Half');
    await soon();
    expect(worker.states()).toMatchObject([{ id: 'a', status: 'running', progress: { done: 40 } }]);
    worker.pause('a');
    await soon();
    expect(worker.states()).toMatchObject([{ id: 'a', status: 'paused', progress: { done: 40 } }]);
    expect(worker.states()[0]?.error).toBeUndefined();
    worker.resume('a');
    worker.resume('a');
    await soon();
    expect(runs).toHaveLength(2);
    expect(worker.running()?.id).toBe('a');
    runs[1]?.end(tinyModel);
    await worker.allFinished();
    expect(worker.states()).toEqual([]);
    expect(stored.at(-1)).toBe(tinyModel);
  });

  it('continues automatically if it was cut off, and waits if a person paused it or the connection is metered', async () => {
    const cut = setUp([unfinished]);
    await cut.worker.adopt(true);
    await soon();
    expect(cut.runs).toHaveLength(1);
    expect(cut.worker.states()).toMatchObject([{ status: 'running', name: 'Half' }]);
    const paused = setUp([{ ...unfinished, paused: true }]);
    await paused.worker.adopt(true);
    const metered = setUp([unfinished]);
    await metered.worker.adopt(false);
    const { checkpoint: _, ...files } = unfinished;
    const chosen = setUp([files]);
    await chosen.worker.adopt(true);
    await soon();
    for (const { worker, runs } of [paused, metered, chosen]) {
      expect(runs).toHaveLength(0);
      expect(worker.states()).toMatchObject([{ status: 'paused', progress: { done: 40, total: 100 } }]);
    }
    expect(chosen.worker.states()).toMatchObject([{ needsFiles: true }]);
    expect(paused.worker.states()[0]?.needsFiles).toBeUndefined();
  });

  it('improves a model: it says so, goes on patiently, also after a restart', async () => {
    const form = { weights: 'calibrated', replaces: tinyModel, patient: true } as const;
    const { worker, runs } = setUp();
    worker.start({ kind: 'address', address: 'org/half' }, 'a', 'Half', form);
    await soon();
    expect(runs[0]?.form).toEqual(form);
    expect(worker.states()).toMatchObject([{ improves: tinyModel.id, calibrates: undefined }]);
    runs[0]?.hooks.onCalibration?.();
    expect(worker.states()).toMatchObject([{ calibrates: true }]);
    const later = setUp([{ ...unfinished, weights: 'calibrated', replaces: true }]);
    await later.worker.adopt(true);
    await soon();
    expect(later.runs[0]?.form).toEqual({
      weights: 'calibrated',
      replaces: { id: 'half', name: 'Half' },
      patient: true,
    });
  });

  it('converts plainly where the GPU turns out to have no room for what nobody asked for', async () => {
    const { worker, runs } = setUp();
    worker.start({ kind: 'address', address: 'org/half' }, 'a', 'Half');
    await soon();
    runs[0]?.hooks.onCalibration?.();
    runs[0]?.fail(new EngineError('gpu-limit', { who: 'test', message: 'no room' }));
    await soon();
    expect(runs).toHaveLength(2);
    expect(runs[1]?.form).toEqual({ weights: 'm0e4+q8-head' });
    expect(worker.states()).toMatchObject([{ status: 'running', error: undefined, calibrates: undefined }]);
    worker.start({ kind: 'address', address: 'org/other' }, 'b', 'Other', {
      weights: 'calibrated',
      replaces: tinyModel,
      patient: true,
    });
    await soon();
    runs[2]?.hooks.onCalibration?.();
    runs[2]?.fail(new EngineError('gpu-limit', { who: 'test', message: 'no room' }));
    await soon();
    expect(worker.states().find(({ id }) => id === 'b')).toMatchObject({ status: 'failed' });
  });

  it('waits for its turn on the GPU, but not when it is cancelled', async () => {
    const { worker, runs, hold } = setUp();
    worker.start({ kind: 'address', address: 'org/half' }, 'a', 'Half');
    await soon();
    const { hooks } = runs[0]!;
    hold.turn = new Promise(() => {}); // an answer that does not end
    let over = false;
    const waiting = hooks.turn!(hooks.signal).then(() => {
      over = true;
    });
    await soon();
    expect(over).toBe(false);
    await worker.dismiss('a');
    await waiting;
    expect(worker.states()).toEqual([]);
  });

  it('shows and resumes an import that was paused before its first byte', async () => {
    const { worker, runs } = setUp([{ ...unfinished, done: 0, total: 0, bytes: 0, paused: true }]);
    await worker.adopt(true);
    await soon();
    expect(worker.states()).toMatchObject([
      { name: 'Half', status: 'paused', progress: { phase: 'reading', done: 0, total: 0 } },
    ]);
    expect(runs).toHaveLength(0);
    worker.resume('left:half');
    await soon();
    expect(worker.states()).toMatchObject([{ status: 'running', progress: { done: 40 } }]);
  });

  it('calls files what the engine calls their model; an address keeps the name it was started with', async () => {
    const { worker } = setUp();
    worker.start({ kind: 'files', name: '', files: [] }, 'a', 'half.gguf');
    worker.start({ kind: 'address', address: 'org/half' }, 'b', 'org/half');
    expect(worker.states().map(({ name }) => name)).toEqual(['half.gguf', 'org/half']);
    await soon();
    expect(worker.states().map(({ name }) => name)).toEqual(['Half of it', 'org/half']);
  });

  it('has one entry for a model whose files are chosen again', async () => {
    const { checkpoint: _, ...files } = unfinished;
    const { worker } = setUp([files]);
    await worker.adopt(true);
    worker.start({ kind: 'files', name: 'half', files: [] }, 'b', 'half');
    await soon();
    expect(worker.states()).toMatchObject([{ id: 'b', status: 'running' }]);
  });

  it('removes files from the device when cancelled, running or paused', async () => {
    for (const pausedFirst of [false, true]) {
      const { worker, engine } = setUp();
      engine.left = [unfinished];
      worker.start({ kind: 'address', address: 'org/half' }, 'a', 'Half');
      await soon();
      if (pausedFirst) worker.pause('a');
      await soon();
      await worker.dismiss('a');
      expect(worker.states()).toEqual([]);
      expect(engine.left).toEqual([]);
    }
  });
});

describe('a lost connection', () => {
  const lost = (code: 'source-read' | 'source-refused' = 'source-read') =>
    new EngineError(code, { who: 'model.safetensors', message: 'the server cannot be reached' });

  async function waiting(kind: 'address' | 'files' = 'address', error = lost()) {
    const all = setUp([unfinished]);
    const files = { kind: 'files', name: 'half', files: [] } as const;
    all.worker.start(kind === 'files' ? files : { kind, address: 'org/half' }, 'a', 'Half');
    await vi.advanceTimersByTimeAsync(5);
    all.runs[0]?.fail(error);
    await vi.advanceTimersByTimeAsync(5);
    return all;
  }

  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('makes an import wait; it is tried again when the connection is back, and every few minutes', async () => {
    const { worker, runs, line } = await waiting();
    expect(worker.states()).toMatchObject([
      { status: 'waiting', kept: true, progress: { done: 40 }, error: { code: 'source-read' } },
    ]);
    line.back();
    await vi.advanceTimersByTimeAsync(5);
    expect(worker.states()).toMatchObject([{ status: 'running' }]);
    runs[1]?.fail(lost());
    await vi.advanceTimersByTimeAsync(60_000);
    expect(runs).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(150_000);
    expect(runs).toHaveLength(3);
    runs[2]?.end(tinyModel);
    await vi.advanceTimersByTimeAsync(600_000);
    expect([runs.length, worker.states()]).toEqual([3, []]);
  });

  it('lets a waiting import be paused and cancelled', async () => {
    const { worker, runs, line } = await waiting();
    worker.pause('a');
    await vi.advanceTimersByTimeAsync(5);
    expect(worker.states()).toMatchObject([{ status: 'paused' }]);
    expect(runs[1]?.hooks.pause?.aborted).toBe(true);
    line.back();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(runs).toHaveLength(2);
    const second = await waiting();
    await second.worker.dismiss('a');
    second.line.back();
    await vi.advanceTimersByTimeAsync(600_000);
    expect([second.runs.length, second.worker.states()]).toEqual([1, []]);
  });

  it('does not make an import wait if a server refuses or a file is gone', async () => {
    for (const { worker } of [await waiting('address', lost('source-refused')), await waiting('files')])
      expect(worker.states()).toMatchObject([{ status: 'failed' }]);
  });
});

describe('the throughput', () => {
  it('is the mean of the last seconds', () => {
    let now = 0;
    const rate = throughputMeter(() => now);
    expect(rate.perSecond()).toBe(0);
    for (; now <= 20_000; now += 100) rate.add(now < 10_000 ? now : 10_000 + (now - 10_000) * 3);
    expect(rate.perSecond()).toBeGreaterThan(2800);
    rate.restart();
    expect(rate.perSecond()).toBe(0);
  });
});
