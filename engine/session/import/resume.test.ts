/**
 * Imports that are killed or paused, or whose server fails: each gives the bytes of an undisturbed import, or a named
 * error with all stored models unchanged.
 */
import { afterEach, describe, expect, test } from 'vitest';
import { ModelServer, type ModelServerOptions } from '../../../scripts/testing/model-server.ts';
import { givenSlowness } from '../../../scripts/testing/speed.mjs';
import { EngineError } from '../../base/errors.ts';
import { httpFolder } from '../../weights/sources/http-source.ts';
import type { WeightProfile } from '../../weights/store/profiles.ts';
import type { CheckpointFolder } from '../../weights/sources/byte-source.ts';
import type { Storage } from '../../weights/store/storage.ts';
import { type MemoryStorage, memoryStorage } from '../../weights/store/storage-memory.ts';
import { openStore } from '../../weights/store/store.ts';
import { tinyFiles } from '../../testing/tiny-checkpoint.ts';
import { bigFiles, mortal, weightsOf } from '../../testing/big-import.ts';
import { importModel } from './import.ts';
import type { ImportHooks } from '../model.ts';

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

/** Uses f32 by default, which is only copied, to keep the tests short. */
function importing(
  server: ModelServer,
  storage: Storage,
  hooks: ImportHooks = {},
  weights: WeightProfile = 'f32',
) {
  return importModel(folderOf(server), openStore(storage), { id: 'big', weights }, hooks);
}

const expected = new Map<WeightProfile, Promise<Uint8Array>>();
/** The weights that an undisturbed import writes. */
function undisturbed(weights: WeightProfile = 'f32'): Promise<Uint8Array> {
  const make = async () => {
    const storage = memoryStorage();
    await importing(await served(), storage, {}, weights);
    return weightsOf(storage);
  };
  const made = expected.get(weights) ?? make();
  expected.set(weights, made);
  return made;
}

async function sameBytes(storage: MemoryStorage, weights?: WeightProfile): Promise<void> {
  expect(Buffer.compare(weightsOf(storage), await undisturbed(weights))).toBe(0);
  expect(await openStore(storage).unfinished()).toEqual([]);
  expect([...storage.files.keys()].filter((name) => name.endsWith('import.jsonl'))).toEqual([]);
}

describe('resumes where it stopped', () => {
  test.each([30, 60, 95])('killed at %i percent', async (percent) => {
    const storage = memoryStorage();
    const server = await served();
    const end = (await undisturbed('m0e4')).length * (percent / 100);
    await expect(importing(server, mortal(storage, end), {}, 'm0e4')).rejects.toThrow('dead');
    const [journal] = await openStore(storage).unfinished();
    expect(journal?.head.id).toBe('big');
    const done = journal?.position.done ?? 0;
    const before = server.asked.length;
    await importing(server, storage, {}, 'm0e4');
    await sameBytes(storage, 'm0e4');
    const again = server.asked.slice(before).filter(({ file }) => file === 'model.safetensors');
    // Reads the header again, then nothing before the byte where the journal ends.
    const first = Math.min(...again.slice(1).map(({ range }) => range?.[0] ?? 0));
    expect(first).toBeGreaterThanOrEqual(done);
    // A crash loses at most 8 MiB of the source, and what was written of it is not yet journaled.
    expect(done).toBeGreaterThan(16e6 * (percent / 100) - 8.4e6 - 2e6);
  });

  test('paused by the user: resumes at the same byte after a restart', async () => {
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

  test('ignores an incomplete last line of the journal', async () => {
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

  test('leaves nothing when cancelled', async () => {
    const storage = memoryStorage();
    const stop = new AbortController();
    const server = await served();
    const onProgress = ({ done }: { done: number }) => void (done > 10e6 && stop.abort());
    const run = importing(server, storage, { signal: stop.signal, onProgress });
    await expect(run).rejects.toMatchObject({ code: 'source-cancelled' });
    expect([...storage.files.keys()]).toEqual([]);
  });

  test.each([
    ['another ETag', { etag: '"2"' }],
    ['no tag any more', { etag: null }],
  ] as const)('starts over if the source changed: %s', async (_, change) => {
    const storage = memoryStorage();
    const server = await served();
    await expect(importing(server, mortal(storage, 10e6))).rejects.toThrow('dead');
    server.options = change;
    const seen: number[] = [];
    await importing(server, storage, { onProgress: ({ done }) => seen.push(done) });
    expect(seen[1]).toBeLessThan(2e6);
    await sameBytes(storage);
  });

  test('starts over if the weights are shorter than the journal says', async () => {
    const storage = memoryStorage();
    const server = await served();
    await expect(importing(server, mortal(storage, 10e6))).rejects.toThrow('dead');
    const path = [...storage.files.keys()].find((name) => name.endsWith('weights.bin')) as string;
    await storage.create(path);
    await importing(server, storage);
    await sameBytes(storage);
  });
});

describe('imports the right bytes from a faulty server', () => {
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
    ['busy at times', { fault: ({ n }) => (n % 3 === 0 ? { kind: 'status', status: 503 } : undefined) }],
    ['too many requests', { fault: ({ n }) => (n % 4 === 0 ? { kind: 'status', status: 429 } : undefined) }],
    [
      'short responses',
      {
        fault: ({ range, n }) =>
          (range?.[0] ?? 0) > 0 && n % 2 === 0 ? { kind: 'length', by: -1000 } : undefined,
      },
    ],
    [
      'a response that is too long at times',
      {
        fault: ({ range, n }) =>
          (range?.[0] ?? 0) > 0 && n % 4 === 0 ? { kind: 'length', by: 5 } : undefined,
      },
    ],
    ['a pinned commit', { commit: 'a'.repeat(40) }],
  ])('%s', async (_, options) => {
    const storage = memoryStorage();
    await importing(await served(options), storage);
    await sameBytes(storage);
  });

  test('redirects, as from hubs for large files', async () => {
    const storage = memoryStorage();
    const real = await served();
    const server = await served({ fault: ({ file }) => ({ kind: 'redirect', to: `${real.url}${file}` }) });
    await importing(server, storage);
    await sameBytes(storage);
  });

  test('stalled connections', async () => {
    const storage = memoryStorage();
    const fault: ModelServerOptions['fault'] = ({ file, n }) =>
      file === weights && n % 5 === 0 ? { kind: 'silent' } : undefined;
    const server = await served({ fault });
    await importModel(folderOf(server, SILENCE_MS), openStore(storage), { id: 'big', weights: 'f32' });
    await sameBytes(storage);
  });
});

describe('gives a named error for a failing server, and keeps stored models', () => {
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
      'removed during the download',
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
    expect(error).toBeInstanceOf(EngineError);
    expect((error as EngineError).code).toBe(code);
    expect([...storage.files].filter(([name]) => name.includes('other'))).toEqual(before);
    expect((await openStore(storage).list()).map((m) => m.id)).toEqual(['other']);
  });

  test('discards a file that changes during the download', async () => {
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

  test('keeps the downloaded bytes after a long network failure', async () => {
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

test('buffers no more than the request window when the disk is slow', async () => {
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
  // The limit: four segments of 4 MiB, the block in conversion, and the small files.
  expect(most).toBeLessThan(4 * 4 * 1024 * 1024 + 4e6);
  await sameBytes(storage);
});

describe('space', () => {
  test('a disk that fills up: reports the missing space, loses nothing, resumes once there is space', async () => {
    const size = (await undisturbed()).length;
    const server = await served();
    const storage = memoryStorage(size / 2);
    // No estimate, as in some browsers, until the disk is full.
    let known = false;
    const withoutEstimate: Storage = {
      ...storage,
      estimate: async () => (known ? { usage: size / 2, quota: size / 2 } : undefined),
    };
    const fullAware: Storage = {
      ...withoutEstimate,
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
      (e: EngineError) => e,
    );
    expect(error).toMatchObject({ code: 'store-full', message: expect.stringMatching(/\d+ MB more space/) });
    const roomy = memoryStorage();
    for (const [path, bytes] of storage.files) await (await roomy.create(path)).write(0, bytes);
    const seen: number[] = [];
    await importing(server, roomy, { onProgress: ({ done }) => seen.push(done) });
    expect(seen[1]).toBeGreaterThan(1e6);
    await sameBytes(roomy);
  });

  test('too little space from the start: downloads only the small files', async () => {
    const server = await served();
    const run = importing(server, memoryStorage(9e6));
    await expect(run).rejects.toMatchObject({
      code: 'store-full',
      message: expect.stringMatching(/more space/),
    });
    expect(server.sent).toBeLessThan(1e6);
  });
});
