/** Compares files with the SHA-256 that a hub publishes: whole files, shards, after a pause and after a crash. */
import { createHash } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { ModelServer, type ModelServerOptions } from '../../../scripts/testing/model-server.ts';
import { tinyModel, writeGguf } from '../../testing/tiny-gguf.ts';
import type { CheckpointFolder } from '../../weights/sources/byte-source.ts';
import { httpFolder } from '../../weights/sources/http-source.ts';
import { memorySource } from '../../weights/sources/memory-source.ts';
import type { Storage } from '../../weights/store/storage.ts';
import { memoryStorage } from '../../weights/store/storage-memory.ts';
import { openStore } from '../../weights/store/store.ts';
import { type TestTensor, tinyFiles, writeSafetensors } from '../../testing/tiny-checkpoint.ts';
import { bigFiles, bigTensors, mortal, weightsOf } from '../../testing/big-import.ts';
import { setLog } from '../../base/log.ts';
import { type EncoderWorker, encodersIn, serveEncoder } from '../../weights/import/encoders.ts';
import { importModel } from './import.ts';
import type { ImportHooks } from '../model.ts';

type Files = Readonly<Record<string, Uint8Array | string>>;

const WEIGHTS = 'model.safetensors';
/** 2 MB: enough to have a hash, and to take several range requests where nothing is interrupted. */
const small = () => bigTensors(25_000);
const files = bigFiles(small());
/** 5 MB: takes two range requests, and several lines of a journal that has one a MiB, so that it can be interrupted. */
const long = () => bigTensors(62_500);
const longFiles = bigFiles(long());
const JOURNAL_BYTES = 1024 * 1024;
const servers: ModelServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const hashOf = (content: Uint8Array | string) => createHash('sha256').update(content).digest('hex');
const hashesOf = (content: Files, ...names: string[]) =>
  Object.fromEntries(names.map((name) => [name, hashOf(content[name] as Uint8Array)]));

async function served(content: Files, options: ModelServerOptions = {}): Promise<ModelServer> {
  const server = await new ModelServer(content, options).listen();
  servers.push(server);
  return server;
}

const published = (of: Record<string, string>): ModelServerOptions => ({ hashes: { in: 'tree', of } });
const RIGHT = published(hashesOf(files, WEIGHTS));
const LONG_RIGHT = published(hashesOf(longFiles, WEIGHTS));
const WRONG = published({ [WEIGHTS]: hashOf('something else') });

/** Makes the list of files fail; its address ends in the revision. */
const listFault =
  (status: number): ModelServerOptions['fault'] =>
  ({ file }) =>
    file === 'main' ? { kind: 'status', status } : undefined;

const importing = (server: ModelServer, storage: Storage, hooks: ImportHooks = {}) =>
  importModel(
    httpFolder(server.url, { backoffMs: 1 }),
    openStore(storage),
    { id: 'big', weights: 'f32' },
    { journalBytes: JOURNAL_BYTES, ...hooks },
  );

/** The files with one flipped bit in the weights. */
function damaged(of: Files, at: number): Files {
  const bytes = (of[WEIGHTS] as Uint8Array).slice();
  bytes[at] = (bytes[at] as number) ^ 1;
  return { ...of, [WEIGHTS]: bytes };
}

const REFUSED = { code: 'checkpoint-damaged', who: WEIGHTS, got: expect.stringMatching(/^[0-9a-f]{64}$/) };

describe('an uninterrupted import', () => {
  test.each([
    ['the list of files', RIGHT],
    ['the response', { hashes: { in: 'header', of: hashesOf(files, WEIGHTS) } }],
  ] as const)('the right hash from %s: reads every byte once and marks the model', async (_, options) => {
    const server = await served(files, options);
    const storage = memoryStorage();
    expect(await importing(server, storage)).toMatchObject({ hashed: true });
    expect(server.sent).toBeLessThan((files[WEIGHTS] as Uint8Array).length + 300_000);
    expect(await openStore(storage).list()).toMatchObject([{ hashed: true }]);
  });

  test('a server without ranges: requests the file twice and hashes it', async () => {
    const server = await served(files, { ...RIGHT, ranges: false });
    expect(await importing(server, memoryStorage())).toMatchObject({ hashed: true });
    expect(server.asked.filter(({ file }) => file === WEIGHTS)).toHaveLength(2);
  });

  test.each([
    ['no list', {}],
    ['a list without hashes', published({})],
    ['a list with an invalid hash', published({ [WEIGHTS]: 'abc' })],
    ['a list that cannot be reached', { ...RIGHT, fault: listFault(503) }],
    ['a list that is refused', { ...RIGHT, fault: listFault(403) }],
  ])('%s: imports the model and does not mark it', async (_, options) => {
    expect(await importing(await served(files, options), memoryStorage())).not.toHaveProperty('hashed');
  });

  test.each([
    ['the list of files', WRONG],
    ['the response', { hashes: { in: 'header', of: { [WEIGHTS]: hashOf('else') } } }],
  ] as const)('another hash from %s: refuses the file and keeps only earlier models', async (_, options) => {
    const storage = memoryStorage();
    await importModel(httpFolder((await served(tinyFiles())).url), openStore(storage), { id: 'other' });
    const before = new Map(storage.files);
    await expect(importing(await served(files, options), storage)).rejects.toMatchObject({
      ...REFUSED,
      expected: `SHA-256 ${options.hashes?.of[WEIGHTS]}`,
    });
    expect([...storage.files.keys()]).toEqual([...before.keys()]);
  });

  test.each([
    ['among the weights', 1_000_000],
    ['at the end', (files[WEIGHTS] as Uint8Array).length - 1],
  ])('detects a flipped bit %s', async (_, at) => {
    const server = await served(damaged(files, at), RIGHT);
    await expect(importing(server, memoryStorage())).rejects.toMatchObject(REFUSED);
  });

  test('hashes bytes that the model does not need, if there are few', async () => {
    const content = withUnused(50_000);
    const options = published(hashesOf(content, WEIGHTS));
    expect(await importing(await served(content, options), memoryStorage())).toMatchObject({ hashed: true });
    const bytes = (content[WEIGHTS] as Uint8Array).slice();
    bytes.set([1], bytes.length - 10);
    const server = await served({ ...content, [WEIGHTS]: bytes }, options);
    await expect(importing(server, memoryStorage())).rejects.toMatchObject(REFUSED);
  });

  test('does not download or hash unneeded bytes if there are many', async () => {
    const content = withUnused(900_000);
    const server = await served(content, published(hashesOf(content, WEIGHTS)));
    expect(await importing(server, memoryStorage())).not.toHaveProperty('hashed');
    expect(server.sent).toBeLessThan((files[WEIGHTS] as Uint8Array).length + 300_000);
  });

  test('checks a tokenizer before any weights are downloaded', async () => {
    const tokenizer = `${files['tokenizer.json'] as string}${' '.repeat(70_000)}`;
    const content = { ...files, 'tokenizer.json': tokenizer };
    const right = hashesOf(content, 'tokenizer.json', WEIGHTS);
    expect(await importing(await served(content, published(right)), memoryStorage())).toMatchObject({
      hashed: true,
    });
    const server = await served(content, published({ ...right, 'tokenizer.json': hashOf('else') }));
    await expect(importing(server, memoryStorage())).rejects.toMatchObject({
      code: 'checkpoint-damaged',
      who: 'tokenizer.json',
    });
    expect(server.asked.filter(({ file }) => file === WEIGHTS)).toEqual([]);
  });
});

/** Adds a tensor of `count` numbers at the end that the model does not need. */
function withUnused(count: number): Files {
  const unused: TestTensor = { dtype: 'F32', shape: [count], values: new Float32Array(count) };
  return bigFiles({ ...small(), 'vision_tower.unused': unused });
}

describe('several files', () => {
  const names = ['a.safetensors', 'b.safetensors'] as const;
  const content = sharded(names, small());

  test('compares each file with its own hash', async () => {
    const right = hashesOf(content, ...names);
    const server = await served(content, published(right));
    expect(await importing(server, memoryStorage())).toMatchObject({ hashed: true });
    for (const name of names) {
      const storage = memoryStorage();
      const wrong = await served(content, published({ ...right, [name]: hashOf('else') }));
      await expect(importing(wrong, storage)).rejects.toMatchObject({ ...REFUSED, who: name });
      expect([...storage.files.keys()]).toEqual([]);
    }
  });

  test('does not mark the model if one file has no hash', async () => {
    const server = await served(content, published(hashesOf(content, 'b.safetensors')));
    expect(await importing(server, memoryStorage())).not.toHaveProperty('hashed');
  });

  test.each([40, 80])('killed at %i percent: resumes in the file where it stopped', async (percent) => {
    const content = sharded(names, long());
    const server = await served(content, published(hashesOf(content, ...names)));
    const storage = memoryStorage();
    await expect(importing(server, mortal(storage, 5e6 * (percent / 100)))).rejects.toThrow('dead');
    expect(await importing(server, storage)).toMatchObject({ hashed: true });
  });
});

/** The big checkpoint with its embedding in one file and the layer in another, both large enough to have a hash. */
function sharded(
  [first, second]: readonly [string, string],
  { 'model.embed_tokens.weight': table, ...layer }: Record<string, TestTensor>,
): Files {
  const unused: TestTensor = { dtype: 'F32', shape: [20_000], values: new Float32Array(20_000) };
  const { [WEIGHTS]: _, ...others } = bigFiles({ 'model.embed_tokens.weight': table!, ...layer });
  const map = [...Object.keys(layer).map((name) => [name, second]), ['model.embed_tokens.weight', first]];
  return {
    ...others,
    'model.safetensors.index.json': JSON.stringify({ weight_map: Object.fromEntries(map) }),
    [first]: writeSafetensors({ 'model.embed_tokens.weight': table as TestTensor }),
    [second]: writeSafetensors({ ...layer, 'vision_tower.unused': unused }),
  };
}

describe('an interrupted import', () => {
  /** Stop after 3 of 5 MB, by a pause or a crash. */
  const breaks = {
    async paused(server: ModelServer, storage: ReturnType<typeof memoryStorage>) {
      const pause = new AbortController();
      const onProgress = ({ done }: { done: number }) => void (done > 3e6 && pause.abort());
      await expect(importing(server, storage, { pause: pause.signal, onProgress })).rejects.toMatchObject({
        code: 'import-paused',
      });
    },
    async killed(server: ModelServer, storage: ReturnType<typeof memoryStorage>) {
      await expect(importing(server, mortal(storage, 3e6))).rejects.toThrow('dead');
    },
  };
  const both = [['paused'], ['killed']] as const;

  test.each(both)('%s: resumes the hash too', async (how) => {
    const storage = memoryStorage();
    const server = await served(longFiles, LONG_RIGHT);
    await breaks[how](server, storage);
    const seen: number[] = [];
    const run = importing(server, storage, { onProgress: ({ done }) => seen.push(done) });
    expect(await run).toMatchObject({ hashed: true });
    // Of 3 MB a crash loses a MiB at most, and the blocks that are placed but not yet in the journal.
    expect(seen[1]).toBeGreaterThan(0.5e6);
    const whole = memoryStorage();
    await importing(await served(longFiles), whole);
    expect(Buffer.compare(weightsOf(storage), weightsOf(whole))).toBe(0);
  });

  test.each(both)('%s: detects damage from before the interruption', async (how) => {
    const storage = memoryStorage();
    // In the first block: every line of the journal comes after it, however slow the machine is.
    await breaks[how](await served(damaged(longFiles, 200_000), LONG_RIGHT), storage);
    await expect(importing(await served(longFiles, LONG_RIGHT), storage)).rejects.toMatchObject(REFUSED);
    expect([...storage.files.keys()]).toEqual([]);
  });

  test.each(both)('%s: detects damage from after the interruption', async (how) => {
    const storage = memoryStorage();
    await breaks[how](await served(longFiles, LONG_RIGHT), storage);
    await expect(
      importing(await served(damaged(longFiles, 4.7e6), LONG_RIGHT), storage),
    ).rejects.toMatchObject(REFUSED);
  });

  test.each(both)('%s without a hash: resumes and does not mark the model', async (how) => {
    for (const [before, after] of [
      [{}, LONG_RIGHT],
      [LONG_RIGHT, {}],
    ]) {
      const storage = memoryStorage();
      const server = await served(longFiles, before);
      await breaks[how](server, storage);
      server.options = after as ModelServerOptions;
      const [left] = await openStore(storage).unfinished();
      const seen: number[] = [];
      const onProgress = ({ done }: { done: number }) => void seen.push(done);
      expect(await importing(server, storage, { onProgress })).not.toHaveProperty('hashed');
      expect(left?.position.done).toBeGreaterThan(0);
      expect(seen[1]).toBe(left?.position.done);
    }
  });
});

test('compares the weights of a model in the store format with their hash', async () => {
  const storage = memoryStorage();
  await importing(await served(files), storage);
  const content = Object.fromEntries(
    [...storage.files].map(([path, bytes]) => [path.split('/').pop() as string, bytes]),
  );
  const right = published(hashesOf(content, 'weights.bin'));
  const again = memoryStorage();
  expect(await importing(await served(content, right), again)).toMatchObject({ hashed: true });
  const wrong = published({ 'weights.bin': hashOf('else') });
  await expect(importing(await served(content, wrong), memoryStorage())).rejects.toMatchObject({
    ...REFUSED,
    who: 'weights.bin',
  });
});

test('resumes the weights of a model in the store format, and their hash', async () => {
  const storage = memoryStorage();
  await importing(await served(longFiles), storage);
  const content = Object.fromEntries(
    [...storage.files].map(([path, bytes]) => [path.split('/').pop() as string, bytes]),
  );
  const half = memoryStorage();
  const server = await served(content, published(hashesOf(content, 'weights.bin')));
  await expect(importing(server, mortal(half, 3e6))).rejects.toThrow('dead');
  expect(await importing(server, half)).toMatchObject({ hashed: true });
  expect(Buffer.compare(weightsOf(half), weightsOf(storage))).toBe(0);
});

test('hashes a whole GGUF file, including header and padding', async () => {
  const bytes = writeGguf(tinyModel());
  const folder = (sha256: string): CheckpointFolder => ({
    name: 'tiny',
    list: async () => ['tiny.gguf'],
    open: async () => ({ ...memorySource('tiny.gguf', bytes), sha256 }),
  });
  const imported = (sha256: string) =>
    importModel(folder(sha256), openStore(memoryStorage()), { weights: 'f32' });
  expect(await imported(hashOf(bytes))).toMatchObject({ hashed: true });
  await expect(imported(hashOf('else'))).rejects.toMatchObject({
    code: 'checkpoint-damaged',
    who: 'tiny.gguf',
    got: hashOf(bytes),
  });
});

describe('hashed in a worker', () => {
  /** `answers`: of how many messages, before the worker dies. */
  const inWorker = (answers = Number.POSITIVE_INFINITY): ImportHooks => ({
    encoders: encodersIn(
      () => {
        const serve = serveEncoder((message) => worker.onmessage?.({ data: message } as MessageEvent));
        let left = answers;
        const worker: EncoderWorker = {
          onmessage: null,
          onerror: null,
          postMessage(message) {
            const copy = structuredClone(message);
            if (left-- > 0) setTimeout(() => serve(copy));
            else setTimeout(() => worker.onerror?.({ message: 'out of memory' } as ErrorEvent));
          },
          terminate() {},
        };
        return worker;
      },
      1,
      { hashes: true },
    ),
  });

  test.each([[Number.POSITIVE_INFINITY], [1], [0]])('the right hash, with %s answers', async (answers) => {
    setLog('error', () => {});
    const run = importing(await served(longFiles, LONG_RIGHT), memoryStorage(), inWorker(answers));
    expect(await run).toMatchObject({ hashed: true });
  });

  test('a flipped bit', async () => {
    const server = await served(damaged(longFiles, 4.7e6), LONG_RIGHT);
    await expect(importing(server, memoryStorage(), inWorker())).rejects.toMatchObject(REFUSED);
  });

  test('killed, it goes on with the hash of what is stored', async () => {
    const storage = memoryStorage();
    const server = await served(longFiles, LONG_RIGHT);
    await expect(importing(server, mortal(storage, 3e6), inWorker())).rejects.toThrow('dead');
    const [left] = await openStore(storage).unfinished();
    expect(left!.position.hash!.bytes).toBeGreaterThan(0.5e6);
    expect(await importing(server, storage, inWorker())).toMatchObject({ hashed: true });
  });
});
