/**
 * Imports that are killed, paused or let down by their server: each ends in the bytes of an import that was left
 * alone, or in a named error with everything that was stored still there.
 */
import { afterEach, describe, expect, test } from 'vitest';
import { ModelServer, type ModelServerOptions } from '../../scripts/testing/model-server.ts';
import { givenSlowness } from '../../scripts/testing/speed.mjs';
import { LinnetError } from '../base/errors.ts';
import { httpFolder } from '../weights/source-http.ts';
import type { WeightDType } from '../tensor/tensor.ts';
import type { CheckpointFolder } from '../weights/source.ts';
import type { Storage } from '../weights/storage.ts';
import { type MemoryStorage, memoryStorage } from '../weights/storage-memory.ts';
import { openStore } from '../weights/store.ts';
import { tinyFiles } from '../weights/tiny-checkpoint.ts';
import { bigFiles, mortal, weightsOf } from './big-import.ts';
import { importModel } from './import.ts';
import type { ImportHooks } from './model.ts';

/** Milliseconds after which a silent connection is given up, where a server is silent: ample for one that is only slow. */
const SILENCE_MS = 250 * givenSlowness();

const files = bigFiles();
const servers: ModelServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function served(options: ModelServerOptions = {}, content = files): Promise<ModelServer> {
  const server = await new ModelServer(content, options).listen();
  servers.push(server);
  return server;
}

const folderOf = (server: ModelServer, stallMs = 30_000): CheckpointFolder =>
  httpFolder(server.url, { backoffMs: 1, stallMs });

/** f32 is copied, which keeps most of these tests short. */
function importing(
  server: ModelServer,
  storage: Storage,
  hooks: ImportHooks = {},
  weights: WeightDType = 'f32',
) {
  return importModel(folderOf(server), openStore(storage), { id: 'big', weights }, hooks);
}

const expected = new Map<WeightDType, Promise<Uint8Array>>();
/** What an import that nothing disturbs writes. */
function undisturbed(weights: WeightDType = 'f32'): Promise<Uint8Array> {
  const make = async () => {
    const storage = memoryStorage();
    await importing(await served(), storage, {}, weights);
    return weightsOf(storage);
  };
  const made = expected.get(weights) ?? make();
  expected.set(weights, made);
  return made;
}

async function sameBytes(storage: MemoryStorage, weights?: WeightDType): Promise<void> {
  expect(Buffer.compare(weightsOf(storage), await undisturbed(weights))).toBe(0);
  expect(await openStore(storage).unfinished()).toEqual([]);
  expect([...storage.files.keys()].filter((name) => name.endsWith('import.jsonl'))).toEqual([]);
}

describe('goes on where it stopped', () => {
  test.each([30, 60, 95])('killed at %i %%', async (percent) => {
    const storage = memoryStorage();
    const server = await served();
    const end = (await undisturbed('m0e4')).length * (percent / 100);
    await expect(importing(server, mortal(storage, end), {}, 'm0e4')).rejects.toThrow('dead');
    const [journal] = await openStore(storage).unfinished();
    expect(journal?.head.id).toBe('big');
    const kept = journal?.position.done ?? 0;
    const before = server.asked.length;
    await importing(server, storage, {}, 'm0e4');
    await sameBytes(storage, 'm0e4');
    const again = server.asked.slice(before).filter(({ file }) => file === 'model.safetensors');
    // The header once more; then nothing before the byte where the journal ends.
    const first = Math.min(...again.slice(1).map(({ range }) => range?.[0] ?? 0));
    expect(first).toBeGreaterThanOrEqual(kept);
    if (percent > 50) expect(kept).toBeGreaterThan(8e6);
  });

  test('paused by a person, at the very byte, also over a new start of the process', async () => {
    const storage = memoryStorage();
    const server = await served();
    const pause = new AbortController();
    const run = importing(server, storage, {
      pause: pause.signal,
      onProgress: ({ done }) => done > 10e6 && pause.abort(),
    });
    await expect(run).rejects.toMatchObject({ code: 'import-paused' });
    const store = openStore(storage);
    expect(await store.unfinished()).toMatchObject([{ paused: true, head: { id: 'big' } }]);
    expect(await store.sweep()).toBe(0);
    expect(await store.list()).toEqual([]);
    const seen: number[] = [];
    await importing(server, storage, { onProgress: ({ done }) => seen.push(done) });
    expect(seen[1]).toBeGreaterThan(10e6);
    await sameBytes(storage);
  });

  test('a journal whose last line is torn counts up to the line before', async () => {
    const storage = memoryStorage();
    const server = await served();
    await expect(importing(server, mortal(storage, 10e6))).rejects.toThrow('dead');
    const path = [...storage.files.keys()].find((name) => name.endsWith('import.jsonl')) as string;
    const file = await storage.reopen(path);
    const size = (storage.files.get(path) as Uint8Array).length;
    await file.write(size, new TextEncoder().encode('{"tensor":0,"written":[99'));
    await importing(server, storage);
    await sameBytes(storage);
  });

  test('cancelled, it leaves nothing', async () => {
    const storage = memoryStorage();
    const stop = new AbortController();
    const server = await served();
    const onProgress = ({ done }: { done: number }) => void (done > 10e6 && stop.abort());
    const run = importing(server, storage, { signal: stop.signal, onProgress });
    await expect(run).rejects.toMatchObject({ code: 'source-cancelled' });
    expect([...storage.files.keys()]).toEqual([]);
  });

  test.each([
    ['the ETag', { etag: '"2"' }],
    ['the only tag has gone', { etag: null }],
  ] as const)('what changed meanwhile starts anew: %s', async (_, change) => {
    const storage = memoryStorage();
    const server = await served();
    await expect(importing(server, mortal(storage, 10e6))).rejects.toThrow('dead');
    server.options = change;
    const seen: number[] = [];
    await importing(server, storage, { onProgress: ({ done }) => seen.push(done) });
    expect(seen[1]).toBeLessThan(2e6);
    await sameBytes(storage);
  });

  test('weights that are shorter than the journal says start anew', async () => {
    const storage = memoryStorage();
    const server = await served();
    await expect(importing(server, mortal(storage, 10e6))).rejects.toThrow('dead');
    const path = [...storage.files.keys()].find((name) => name.endsWith('weights.bin')) as string;
    await storage.create(path);
    await importing(server, storage);
    await sameBytes(storage);
  });
});

describe('a server that lets a download down, and still a good model', () => {
  const weights = 'model.safetensors';
  test.each<[string, ModelServerOptions]>([
    ['no ranges', { ranges: false }],
    [
      'no ranges and a cut',
      {
        ranges: false,
        fault: ({ file, n }) => (file === weights && n < 12 ? { kind: 'cut', after: 9e6 } : undefined),
      },
    ],
    [
      'cut connections',
      {
        fault: ({ range, n }) =>
          (range?.[0] ?? 0) > 0 && n % 2 === 0 ? { kind: 'cut', after: 1e6 } : undefined,
      },
    ],
    ['busy now and then', { fault: ({ n }) => (n % 3 === 0 ? { kind: 'status', status: 503 } : undefined) }],
    ['too many requests', { fault: ({ n }) => (n % 4 === 0 ? { kind: 'status', status: 429 } : undefined) }],
    [
      'short answers',
      {
        fault: ({ range, n }) =>
          (range?.[0] ?? 0) > 0 && n % 2 === 0 ? { kind: 'length', by: -1000 } : undefined,
      },
    ],
    [
      'a long answer now and then',
      {
        fault: ({ range, n }) =>
          (range?.[0] ?? 0) > 0 && n % 4 === 0 ? { kind: 'length', by: 5 } : undefined,
      },
    ],
    ['a commit that is pinned', { commit: 'a'.repeat(40) }],
  ])('%s', async (_, options) => {
    const storage = memoryStorage();
    await importing(await served(options), storage);
    await sameBytes(storage);
  });

  test('redirects, as hubs send them for large files', async () => {
    const storage = memoryStorage();
    const real = await served();
    const server = await served({ fault: ({ file }) => ({ kind: 'redirect', to: `${real.url}${file}` }) });
    await importing(server, storage);
    await sameBytes(storage);
  });

  test('connections that fall silent', async () => {
    const storage = memoryStorage();
    const fault: ModelServerOptions['fault'] = ({ file, n }) =>
      file === weights && n % 5 === 0 ? { kind: 'silent' } : undefined;
    const server = await served({ fault });
    await importModel(folderOf(server, SILENCE_MS), openStore(storage), { id: 'big', weights: 'f32' });
    await sameBytes(storage);
  });
});

describe('a server that cannot be helped: a named error, and what was stored is still there', () => {
  test.each<[string, ModelServerOptions, string]>([
    [
      'always busy',
      { fault: ({ range }) => ((range?.[0] ?? 0) > 8e6 ? { kind: 'status', status: 503 } : undefined) },
      'source-read',
    ],
    ['forbidden', { fault: () => ({ kind: 'status', status: 403 }) }, 'source-refused'],
    [
      'always too long',
      { fault: ({ range }) => ((range?.[0] ?? 0) > 8e6 ? { kind: 'length', by: 9 } : undefined) },
      'source-read',
    ],
    ['always silent', { fault: () => ({ kind: 'silent' }) }, 'source-read'],
    [
      'gone in between',
      { fault: ({ range }) => ((range?.[0] ?? 0) > 8e6 ? { kind: 'status', status: 404 } : undefined) },
      'source-refused',
    ],
  ])('%s', async (_, options, code) => {
    const storage = memoryStorage();
    await importModel(folderOf(await served({}, tinyFiles())), openStore(storage), { id: 'other' });
    const before = [...storage.files].filter(([name]) => name.includes('other'));
    const server = await served(options);
    const run = importModel(folderOf(server, SILENCE_MS), openStore(storage), { id: 'big', weights: 'f32' });
    const error = await run.then(
      () => undefined,
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(LinnetError);
    expect((error as LinnetError).code).toBe(code);
    expect([...storage.files].filter(([name]) => name.includes('other'))).toEqual(before);
    expect((await openStore(storage).list()).map((m) => m.id)).toEqual(['other']);
  });

  test('a file that changes while it is read is not mixed, and not kept', async () => {
    const storage = memoryStorage();
    const server = await served();
    server.options = {
      fault: ({ range }) => {
        if ((range?.[0] ?? 0) > 8e6) server.options = { etag: '"2"' };
        return undefined;
      },
    };
    await expect(importing(server, storage)).rejects.toMatchObject({ code: 'checkpoint-mismatch' });
    expect([...storage.files.keys()]).toEqual([]);
    await importing(server, storage);
    await sameBytes(storage);
  });

  test('where the network is away for long, what came stays for the next try', async () => {
    const storage = memoryStorage();
    const server = await served();
    server.options = {
      fault: ({ range }) => ((range?.[0] ?? 0) > 9e6 ? { kind: 'status', status: 503 } : undefined),
    };
    await expect(importing(server, storage)).rejects.toMatchObject({ code: 'source-read' });
    const [journal] = await openStore(storage).unfinished();
    expect(journal?.paused).toBe(false);
    expect(journal?.position.done).toBeGreaterThan(8e6);
    server.options = {};
    await importing(server, storage);
    await sameBytes(storage);
  });
});

test('no more than the window waits in memory when the disk is slow', async () => {
  const storage = memoryStorage();
  const server = await served();
  let most = 0;
  let done = 0;
  const slow: Storage = {
    ...storage,
    async reopen(path) {
      const file = await storage.reopen(path);
      return {
        ...file,
        async write(offset, bytes) {
          await new Promise((resolve) => setTimeout(resolve, 5));
          most = Math.max(most, server.sent - done);
          await file.write(offset, bytes);
        },
      };
    },
  };
  await importing(server, slow, { onProgress: (progress) => (done = progress.done) });
  // Four segments of 4 MiB, the block in conversion, and the small files.
  expect(most).toBeLessThan(4 * 4 * 1024 * 1024 + 4e6);
  await sameBytes(storage);
});

describe('space', () => {
  test('a disk that fills up in mid-import: says how much is missing, loses nothing, goes on once there is room', async () => {
    const size = (await undisturbed()).length;
    const server = await served();
    const storage = memoryStorage(size / 2);
    // An estimate that is wrong, as browsers' may be, until the disk is really full.
    let known = false;
    const hopeful: Storage = {
      ...storage,
      estimate: async () => (known ? { usage: size / 2, quota: size / 2 } : undefined),
    };
    const fullAware: Storage = {
      ...hopeful,
      async reopen(path) {
        const file = await storage.reopen(path);
        const write = async (offset: number, bytes: Uint8Array) => {
          await file.write(offset, bytes).catch((error: unknown) => {
            known = true;
            throw error;
          });
        };
        return { ...file, write };
      },
    };
    const error = await importing(server, fullAware).then(
      () => undefined,
      (e: LinnetError) => e,
    );
    expect(error).toMatchObject({ code: 'store-full', message: expect.stringMatching(/\d+ MB are missing/) });
    const roomy = memoryStorage();
    for (const [path, bytes] of storage.files) await (await roomy.create(path)).write(0, bytes);
    const seen: number[] = [];
    await importing(server, roomy, { onProgress: ({ done }) => seen.push(done) });
    expect(seen[1]).toBeGreaterThan(1e6);
    await sameBytes(roomy);
  });

  test('too little from the start: nothing is fetched but the small files', async () => {
    const server = await served();
    const run = importing(server, memoryStorage(9e6));
    await expect(run).rejects.toMatchObject({
      code: 'store-full',
      message: expect.stringMatching(/missing/),
    });
    expect(server.sent).toBeLessThan(1e6);
  });
});
