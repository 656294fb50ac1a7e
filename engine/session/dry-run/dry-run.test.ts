import { describe, expect, test } from 'vitest';
import { EngineError } from '../../base/errors.ts';
import { cpuCalibrator } from '../../testing/cpu-calibrator.ts';
import { dryRunWorkerHere, type Misbehaviour, nodeDryRunWorker } from '../../testing/node-dry-run.ts';
import { TINY_TOKENIZER, tinyFiles } from '../../testing/tiny-checkpoint.ts';
import type { CheckpointFolder } from '../../weights/sources/byte-source.ts';
import { memoryFolder } from '../../weights/sources/memory-source.ts';
import { memoryStorage } from '../../weights/store/storage-memory.ts';
import { openStore } from '../../weights/store/store.ts';
import { importModel } from '../import/import.ts';
import { previewModel } from '../import/preview.ts';
import { dryRunIn } from './dry-run.ts';

/** The folder, and what was read of it. */
function counted(files: Record<string, Uint8Array | string>) {
  const reads: string[] = [];
  const inner = memoryFolder('tiny', files);
  const folder: CheckpointFolder = {
    ...inner,
    async open(file) {
      const source = await inner.open(file);
      return (
        source && {
          ...source,
          read(offset, length) {
            reads.push(`${file} ${offset} ${length}`);
            return source.read(offset, length);
          },
        }
      );
    },
  };
  return { folder, reads };
}

/** A dryRun, a promise that its worker has ended, and its clock. `onTry` is called once the worker has its task. */
function dryRunWith(misbehaviour?: Misbehaviour | 'thread', onTry?: () => void) {
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  let tick = () => {};
  const start = () => {
    const thread = misbehaviour === 'thread' ? undefined : misbehaviour;
    const worker = misbehaviour === undefined ? dryRunWorkerHere(resolve) : nodeDryRunWorker(thread, resolve);
    const post = worker.postMessage;
    worker.postMessage = (message) => {
      post(message);
      if (message.kind === 'try') onTry?.();
    };
    return worker;
  };
  const clock = (each: () => void) => {
    tick = each;
    return () => {};
  };
  const ticks = (count: number) => {
    for (let i = 0; i < count; i++) tick();
  };
  return { dryRun: dryRunIn(start, { ticks: 100, clock }), ended, ticks };
}

const codeOf = (act: Promise<unknown>) =>
  act.then(
    () => 'done',
    (error: EngineError) => error.code,
  );

test('a sound checkpoint is imported after its dry run, and each piece of its headers is read once', async () => {
  const { folder, reads } = counted(tinyFiles());
  const { dryRun, ended } = dryRunWith('thread');
  await importModel(folder, openStore(memoryStorage()), { weights: 'f32' }, { dryRun });
  await ended;
  const headers = reads.filter((read) => !/ [1-9]\d\d+ /.test(read));
  expect(new Set(headers).size).toBe(headers.length);
  expect(headers).toContain(`tokenizer.json 0 ${JSON.stringify(TINY_TOKENIZER).length}`);
});

test('a piece is sent without the file that it is a part of', async () => {
  const sent: Uint8Array[] = [];
  const start = () => {
    const worker = dryRunWorkerHere();
    const post = worker.postMessage;
    worker.postMessage = (message) => {
      if (message.kind === 'answer' && message.answer instanceof Uint8Array) sent.push(message.answer);
      post(message);
    };
    return worker;
  };
  await importModel(
    memoryFolder('tiny', tinyFiles()),
    openStore(memoryStorage()),
    {},
    { dryRun: dryRunIn(start) },
  );
  expect(sent.length).toBeGreaterThan(2);
  for (const bytes of sent) expect(bytes.buffer.byteLength).toBe(bytes.length);
});

test.each(['import', 'preview'])(
  'the errors of a dry run are those of opening the files: %s',
  async (what) => {
    const files = { ...tinyFiles(), 'tokenizer.json': '{"model": 5}' };
    const { dryRun } = dryRunWith();
    const act = (hooks: object) =>
      what === 'import'
        ? importModel(memoryFolder('tiny', files), openStore(memoryStorage()), {}, hooks)
        : previewModel(memoryFolder('tiny', files), {}, hooks);
    const error = (trying: object) =>
      act(trying).catch((e: unknown) => ({ ...(e as EngineError), text: String(e) }));
    expect(await error({ dryRun })).toEqual({ ...((await error({})) as object), cause: undefined });
  },
);

describe('a worker that', () => {
  test('computes for ever is ended, and the error says so', async () => {
    const { dryRun, ended, ticks } = dryRunWith('hang', () => ticks(101));
    const act = importModel(memoryFolder('tiny', tinyFiles()), openStore(memoryStorage()), {}, { dryRun });
    await expect(act).rejects.toMatchObject({
      code: 'model-limit',
      who: 'tiny',
      expected: 'at most 25 seconds of computing',
    });
    await ended;
  });

  test.each([
    ['signal', 'source-cancelled'],
    ['pause', 'import-paused'],
  ])('computes for ever is ended at once by %s', async (name, code) => {
    const stop = new AbortController();
    const { dryRun, ended } = dryRunWith('hang', () => stop.abort());
    const hooks = { dryRun, [name]: stop.signal };
    expect(
      await codeOf(importModel(memoryFolder('tiny', tinyFiles()), openStore(memoryStorage()), {}, hooks)),
    ).toBe(code);
    await ended;
  });

  test('dies takes the import with it, and nothing else', async () => {
    const { dryRun } = dryRunWith('die');
    const storage = memoryStorage();
    const act = importModel(memoryFolder('tiny', tinyFiles()), openStore(storage), {}, { dryRun });
    await expect(act).rejects.toMatchObject({ code: 'model-limit', got: 'exit 1' });
    expect([...storage.files]).toEqual([]);
  });

  test('of a form that is made by calibration needs no GPU', async () => {
    const { dryRun } = dryRunWith();
    const options = { weights: 'calibrated' } as const;
    const hooks = { dryRun, calibrator: async () => cpuCalibrator() };
    const model = await importModel(
      memoryFolder('tiny', tinyFiles()),
      openStore(memoryStorage()),
      options,
      hooks,
    );
    expect(model.weights).toBe('calibrated');
  });

  test('cannot be started is done without', async () => {
    const forbidden = dryRunIn(() => {
      throw new DOMException('the policy forbids it', 'SecurityError');
    });
    for (const dryRun of [dryRunWith('missing').dryRun, forbidden]) {
      await importModel(memoryFolder('tiny', tinyFiles()), openStore(memoryStorage()), {}, { dryRun });
    }
  });

  test('waits for the network is not ended', async () => {
    const { dryRun, ticks } = dryRunWith();
    const { folder } = counted(tinyFiles());
    const slow: CheckpointFolder = {
      ...folder,
      async open(file) {
        ticks(10_000);
        return folder.open(file);
      },
    };
    await importModel(slow, openStore(memoryStorage()), {}, { dryRun });
  });
});

test('an error of the network is the error of the import', async () => {
  const folder: CheckpointFolder = {
    name: 'far',
    open: async () => {
      throw new EngineError('source-read', { who: 'far', message: 'the server does not answer' });
    },
  };
  const { dryRun, ended } = dryRunWith();
  expect(await codeOf(importModel(folder, openStore(memoryStorage()), {}, { dryRun }))).toBe('source-read');
  await ended;
});
