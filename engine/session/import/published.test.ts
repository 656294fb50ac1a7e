/** Imports models in the store's format: copies the same bytes, and refuses invalid manifests. */
import { afterEach, describe, expect, test } from 'vitest';
import { ModelServer } from '../../../scripts/testing/model-server.ts';
import { memoryFolder } from '../../weights/sources/memory-source.ts';
import { httpFolder } from '../../weights/sources/http-source.ts';
import { type MemoryStorage, memoryStorage } from '../../weights/store/storage-memory.ts';
import { openStore } from '../../weights/store/store.ts';
import { tinyFiles } from '../../testing/tiny-checkpoint.ts';
import { importModel } from './import.ts';
import { previewModel } from './preview.ts';
import { verifyModel } from './check-stored.ts';

let server: ModelServer | undefined;
afterEach(() => server?.close());

/** The files of a stored model, as a server would have them. */
async function published(): Promise<Record<string, Uint8Array>> {
  const storage = memoryStorage();
  await importModel(memoryFolder('tiny', tinyFiles()), openStore(storage), { id: 'tiny' });
  return Object.fromEntries(
    [...storage.files].map(([path, bytes]) => [path.split('/').pop() as string, bytes]),
  );
}

const file = (storage: MemoryStorage, name: string) =>
  [...storage.files].find(([path]) => path.endsWith(`/${name}`))?.[1];

function withManifest(files: Record<string, Uint8Array>, change: (m: never) => void) {
  const manifest = JSON.parse(new TextDecoder().decode(files['manifest.json'])) as never;
  change(manifest);
  return memoryFolder('pub', { ...files, 'manifest.json': JSON.stringify(manifest) });
}

test('imports the same bytes over HTTP', async () => {
  const files = await published();
  server = await new ModelServer(files).listen();
  const storage = memoryStorage();
  const model = await importModel(httpFolder(server.url), openStore(storage));
  expect(model).toMatchObject({ id: 'tiny', weights: 'm0e4+q8-head', family: 'llama' });
  for (const name of ['weights.bin', 'config.json', 'tokenizer.json']) {
    expect(Buffer.compare(file(storage, name) as Uint8Array, files[name] as Uint8Array), name).toBe(0);
  }
  expect(await verifyModel(openStore(storage), 'tiny')).toBeGreaterThan(1000);
  // The name comes from the manifest; the folder of the preliminary name is removed.
  expect(new Set([...storage.files.keys()].map((path) => path.split('/')[1]))).toEqual(new Set(['tiny~1']));
});

test('a preview reports sizes without downloading weights', async () => {
  const files = tinyFiles();
  server = await new ModelServer(files).listen();
  const preview = await previewModel(httpFolder(server.url));
  const storage = memoryStorage();
  const model = await importModel(memoryFolder('x', files), openStore(storage));
  const small = model.bytes - (file(storage, 'weights.bin') as Uint8Array).length;
  expect(preview).toMatchObject({ family: 'llama', weights: 'm0e4+q8-head', contextLength: 64 });
  expect(preview.bytes).toBeGreaterThanOrEqual(model.bytes - small);
  expect(preview.largestBytes).toBeGreaterThan(0);
});

test('verifying detects a changed byte of a stored model', async () => {
  const storage = memoryStorage();
  await importModel(memoryFolder('tiny', tinyFiles()), openStore(storage), { id: 'tiny' });
  const seen: number[] = [];
  const total = await verifyModel(openStore(storage), 'tiny', { onProgress: (done) => seen.push(done) });
  expect(seen.at(-1)).toBe(total);
  (file(storage, 'weights.bin') as Uint8Array)[900]! ^= 1;
  await expect(verifyModel(openStore(storage), 'tiny')).rejects.toMatchObject({ code: 'store-damaged' });
});

describe('refuses an invalid manifest', () => {
  type Tensors = {
    tensors: { shape: number[]; sections: { offset: number; bytes: number; checksum: number }[] }[];
  };
  test.each<[string, (m: Tensors) => void, RegExp]>([
    [
      'a section past the end of the file',
      ({ tensors }) => (tensors.at(-1)!.sections[0]!.offset = 1 << 30),
      /weights\.bin of at least/,
    ],
    ['sections that overlap', ({ tensors }) => (tensors[1]!.sections[0]!.offset = 0), /multiple of 256/],
    ['a wrong length', ({ tensors }) => (tensors[0]!.sections[0]!.bytes += 256), /bytes for q8/],
    ['another shape', ({ tensors }) => (tensors[0]!.shape = [20, 37]), /bytes for|\[37, 20\]/],
    ['a missing tensor', (m) => m.tensors.pop(), /\[20\]/],
    ['a wrong checksum', ({ tensors }) => (tensors[0]!.sections[0]!.checksum = 1), /checksum/],
    [
      'a file outside the folder',
      (m) => ((m as unknown as { files: string[] }).files[0] = '../../secret.json'),
      /plain name/,
    ],
    [
      'a newer format',
      (m) => ((m as unknown as { format: string }).format = 'model-store/9'),
      /model-store\/1/,
    ],
  ])('%s', async (_, change, expected) => {
    const storage = memoryStorage();
    const folder = withManifest(await published(), change as (m: never) => void);
    const run = importModel(folder, openStore(storage));
    await expect(run).rejects.toMatchObject({
      code: expect.stringMatching(/^checkpoint-/),
      expected: expect.stringMatching(expected),
    });
    expect([...storage.files.keys()]).toEqual([]);
  });
});
