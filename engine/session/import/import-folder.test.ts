/** An import is listed after a restart, however early it was paused or interrupted. */
import { afterEach, expect, test } from 'vitest';
import { ModelServer, type ModelServerOptions } from '../../../scripts/testing/model-server.ts';
import { httpFolder } from '../../weights/sources/http-source.ts';
import type { CheckpointFolder } from '../../weights/sources/byte-source.ts';
import { memoryFolder } from '../../weights/sources/memory-source.ts';
import type { FileWriter, Storage } from '../../weights/store/storage.ts';
import { type MemoryStorage, memoryStorage } from '../../weights/store/storage-memory.ts';
import { openStore } from '../../weights/store/store.ts';
import { tinyFiles } from '../../testing/tiny-checkpoint.ts';
import { importModel } from './import.ts';
import type { ImportHooks } from '../model.ts';
import { listUnfinished } from '../stored-model.ts';

const servers: ModelServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function served(options: ModelServerOptions = {}): Promise<ModelServer> {
  const server = await new ModelServer(tinyFiles(), options).listen();
  servers.push(server);
  return server;
}

const ORIGIN = '{"kind":"address"}';
const importing = (server: ModelServer, storage: Storage, hooks: ImportHooks = {}, id = 'tiny') =>
  importModel(
    httpFolder(server.url, { backoffMs: 1, stallMs: 30_000 }),
    openStore(storage),
    { id, origin: ORIGIN, weights: 'f32' },
    hooks,
  );

/** Lists the imports as after a restart. */
const unfinished = (storage: Storage) => listUnfinished(openStore(storage));
const names = (storage: MemoryStorage) => [...storage.files.keys()].map((path) => path.split('/').pop());

/** Pauses as soon as this file is requested, which the server never sends. */
async function pausedAt(file: string, storage: Storage, server: ModelServer): Promise<void> {
  const pause = new AbortController();
  server.options = {
    fault: (asked) => {
      if (asked.file !== file) return undefined;
      setTimeout(() => pause.abort(), 5);
      return { kind: 'silent' };
    },
  };
  await expect(importing(server, storage, { pause: pause.signal })).rejects.toMatchObject({
    code: 'import-paused',
  });
  server.options = {};
}

/** Pauses after some weights and returns the storage. */
async function halfImported(server: ModelServer): Promise<MemoryStorage> {
  const storage = memoryStorage();
  const stop = new AbortController();
  const onProgress = ({ done }: { done: number }) => void (done > 0 && stop.abort());
  await expect(importing(server, storage, { pause: stop.signal, onProgress })).rejects.toThrow();
  return storage;
}

test.each(['config.json', 'tokenizer.json', 'model.safetensors'])(
  'lists and resumes an import paused before %s arrived',
  async (file) => {
    const storage = memoryStorage();
    const server = await served();
    await pausedAt(file, storage, server);
    expect(await openStore(storage).sweep()).toBe(0);
    expect(await unfinished(storage)).toMatchObject([
      { id: 'tiny', origin: ORIGIN, paused: true, done: 0, total: 0 },
    ]);
    expect(names(storage)).toEqual(['import.jsonl']);
    await importing(server, storage);
    expect(await unfinished(storage)).toEqual([]);
    expect(names(storage)).toEqual(expect.arrayContaining(['manifest.json', 'weights.bin']));
    expect(names(storage)).not.toContain('import.jsonl');
  },
);

test('lists an import interrupted before its first byte, not as paused', async () => {
  const storage = memoryStorage();
  const atCrash = memoryStorage();
  await importing(await served(), storage, {
    onBegin: async () => {
      if (atCrash.files.size > 0) return;
      for (const [path, bytes] of storage.files) void (await atCrash.create(path)).write(0, bytes.slice());
    },
  });
  expect(await unfinished(atCrash)).toMatchObject([{ id: 'tiny', paused: false, done: 0 }]);
});

test('an import paused again before the source is open keeps its bytes and stays paused', async () => {
  const server = await served();
  const storage = await halfImported(server);
  const [before] = await unfinished(storage);
  expect(before?.done).toBeGreaterThan(0);
  await pausedAt('config.json', storage, server);
  expect(await unfinished(storage)).toEqual([before]);
  const seen: number[] = [];
  await importing(server, storage, { onProgress: ({ done }) => seen.push(done) });
  expect(seen[1]).toBe(before?.done);
});

test('an import resumed and then interrupted is no longer paused', async () => {
  const server = await served();
  const storage = await halfImported(server);
  server.options = {
    fault: ({ file }) => (file === 'config.json' ? { kind: 'status', status: 403 } : undefined),
  };
  await expect(importing(server, storage)).rejects.toMatchObject({ code: 'source-refused' });
  expect(await unfinished(storage)).toMatchObject([{ paused: false, done: expect.any(Number) }]);
  expect(names(storage)).toContain('weights.bin');
});

test('a server without tags: a paused import is listed, and starts over', async () => {
  const server = await served({ etag: null });
  const storage = await halfImported(server);
  expect(await unfinished(storage)).toMatchObject([{ paused: true, done: 0 }]);
  expect(names(storage)).toEqual(['import.jsonl']);
  const seen: number[] = [];
  await importing(server, storage, { onProgress: ({ done }) => seen.push(done) });
  expect(seen[1]).toBeGreaterThan(0);
  expect(await unfinished(storage)).toEqual([]);
});

test('an import without space to resume stays listed', async () => {
  const server = await served();
  const storage = await halfImported(server);
  const [before] = await unfinished(storage);
  const store = openStore({ ...storage, estimate: async () => ({ usage: 1e9, quota: 1e9 }) });
  const folder = httpFolder(server.url);
  await expect(importModel(folder, store, { id: 'tiny', weights: 'f32' })).rejects.toMatchObject({
    code: 'store-full',
  });
  expect(await listUnfinished(store)).toMatchObject([{ id: 'tiny', done: before?.done }]);
});

test.each<[string, ModelServerOptions, string]>([
  ['refused', { fault: () => ({ kind: 'status', status: 403 }) }, 'source-refused'],
  ['missing', { fault: () => ({ kind: 'status', status: 404 }) }, 'source-missing'],
  ['always busy', { fault: () => ({ kind: 'status', status: 503 }) }, 'source-read'],
])('leaves nothing behind if the address is %s', async (_, options, code) => {
  const storage = memoryStorage();
  await expect(importing(await served(options), storage)).rejects.toMatchObject({ code });
  expect(names(storage)).toEqual([]);
});

/** What is on the disk when the process ends while `file` is being opened, which it never is. */
async function diedAt(file: string, storage: MemoryStorage, server: ModelServer): Promise<MemoryStorage> {
  const stop = new AbortController();
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  server.options = {
    fault: (request) => {
      if (request.file !== file) return undefined;
      resolve();
      return { kind: 'silent' };
    },
  };
  const running = importing(server, storage, { signal: stop.signal }).catch(() => {});
  await asked;
  const atDeath = memoryStorage();
  for (const [path, bytes] of storage.files) {
    const copy = await atDeath.create(path);
    await copy.write(0, bytes.slice());
    await copy.close();
  }
  stop.abort();
  await running;
  server.options = {};
  return atDeath;
}

const attempts = async (storage: Storage) => (await unfinished(storage)).map((left) => left.attempts);

test.each(['config.json', 'tokenizer.json'])(
  'attempts in which the process ends at %s are counted, and forgotten once the import is paused',
  async (file) => {
    const server = await served();
    const first = await diedAt(file, memoryStorage(), server);
    expect(await attempts(first)).toEqual([1]);
    const second = await diedAt(file, first, server);
    expect(await attempts(second)).toEqual([2]);
    await pausedAt(file, second, server);
    expect(await attempts(second)).toEqual([0]);
  },
);

test('an import that got further does not count the attempts before', async () => {
  const server = await served();
  const storage = await halfImported(server);
  expect(await attempts(storage)).toEqual([0]);
  const died = await diedAt('config.json', storage, server);
  expect(await attempts(died)).toEqual([1]);
});

/** A folder as `convert` writes it, whose model has another name than the folder. */
async function publishedFolder(): Promise<CheckpointFolder> {
  const storage = memoryStorage();
  await importModel(memoryFolder('inside', tinyFiles()), openStore(storage), { weights: 'f32' });
  const files = [...storage.files].map(([path, bytes]) => [path.split('/').pop()!, bytes.slice()] as const);
  return memoryFolder('outside', Object.fromEntries(files));
}

test.each([
  ['a checkpoint', async () => memoryFolder('tiny', tinyFiles())],
  ['a model whose name is known once it is open', publishedFolder],
])(
  '%s: from its first sign of being kept, an end of the process at any change loses nothing',
  async (_, made) => {
    const storage = memoryStorage();
    let kept = false;
    let changes = 0;
    const listed = async () => {
      if (!kept) return;
      changes++;
      const left = memoryStorage();
      for (const [path, bytes] of storage.files) await (await left.create(path)).write(0, bytes.slice());
      const store = openStore(left);
      expect(
        (await store.list()).length + (await store.unfinished()).length,
        `change ${changes}`,
      ).toBeGreaterThan(0);
    };
    const watched = (writer: FileWriter): FileWriter => ({
      ...writer,
      write: async (offset, bytes) => {
        await writer.write(offset, bytes);
        await listed();
      },
    });
    const onDisk: Storage = {
      ...storage,
      create: async (path) => {
        const writer = await storage.create(path);
        await listed();
        return watched(writer);
      },
      reopen: async (path) => watched(await storage.reopen(path)),
      remove: async (path) => {
        await storage.remove(path);
        await listed();
      },
    };
    await importModel(await made(), openStore(onDisk), { weights: 'f32' }, { onKept: () => (kept = true) });
    expect(changes).toBeGreaterThan(10);
  },
);
