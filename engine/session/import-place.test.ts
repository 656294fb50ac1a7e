/** What a person started is known after a restart, however early it was paused or cut off. */
import { afterEach, expect, test } from 'vitest';
import { ModelServer, type ModelServerOptions } from '../../scripts/testing/model-server.ts';
import { httpFolder } from '../weights/source-http.ts';
import type { Storage } from '../weights/storage.ts';
import { type MemoryStorage, memoryStorage } from '../weights/storage-memory.ts';
import { openStore } from '../weights/store.ts';
import { tinyFiles } from '../weights/tiny-checkpoint.ts';
import { importModel } from './import.ts';
import type { ImportHooks } from './model.ts';
import { listUnfinished } from './stored-model.ts';

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

/** The next life of the browser. */
const unfinished = (storage: Storage) => listUnfinished(openStore(storage));
const names = (storage: MemoryStorage) => [...storage.files.keys()].map((path) => path.split('/').pop());

/** Pauses as soon as the server was asked for this file, which it never gives. */
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

/** Stops after some weights, as a crash would: what is on the disk then. */
async function halfImported(server: ModelServer): Promise<MemoryStorage> {
  const storage = memoryStorage();
  const stop = new AbortController();
  const onProgress = ({ done }: { done: number }) => void (done > 0 && stop.abort());
  await expect(importing(server, storage, { pause: stop.signal, onProgress })).rejects.toThrow();
  return storage;
}

test.each(['config.json', 'tokenizer.json', 'model.safetensors'])(
  'paused before %s has come',
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

test('cut off before its first byte it is known too, and not as paused', async () => {
  const storage = memoryStorage();
  const atDeath = memoryStorage();
  await importing(await served(), storage, {
    onBegin: async () => {
      if (atDeath.files.size > 0) return;
      for (const [path, bytes] of storage.files) void (await atDeath.create(path)).write(0, bytes.slice());
    },
  });
  expect(await unfinished(atDeath)).toMatchObject([{ id: 'tiny', paused: false, done: 0 }]);
});

test('paused again while the source is looked at, it keeps its bytes and stays paused', async () => {
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

test('let go on and then cut off, it is no longer paused', async () => {
  const server = await served();
  const storage = await halfImported(server);
  server.options = {
    fault: ({ file }) => (file === 'config.json' ? { kind: 'status', status: 403 } : undefined),
  };
  await expect(importing(server, storage)).rejects.toMatchObject({ code: 'source-refused' });
  expect(await unfinished(storage)).toMatchObject([{ paused: false, done: expect.any(Number) }]);
  expect(names(storage)).toContain('weights.bin');
});

test('a server that tells no versions apart: paused half-way it is known, and begins anew', async () => {
  const server = await served({ etag: null });
  const storage = await halfImported(server);
  expect(await unfinished(storage)).toMatchObject([{ paused: true, done: 0 }]);
  expect(names(storage)).toEqual(['import.jsonl']);
  const seen: number[] = [];
  await importing(server, storage, { onProgress: ({ done }) => seen.push(done) });
  expect(seen[1]).toBeGreaterThan(0);
  expect(await unfinished(storage)).toEqual([]);
});

test('without space to go on it is there for later, in this life too', async () => {
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
  ['not there', { fault: () => ({ kind: 'status', status: 404 }) }, 'source-missing'],
  ['busy for long', { fault: () => ({ kind: 'status', status: 503 }) }, 'source-read'],
])('an address that has nothing to give leaves nothing: %s', async (_, options, code) => {
  const storage = memoryStorage();
  await expect(importing(await served(options), storage)).rejects.toMatchObject({ code });
  expect(names(storage)).toEqual([]);
});
