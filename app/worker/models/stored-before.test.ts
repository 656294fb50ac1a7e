/** Opens files that the previous version wrote: models, their manifests, and imports that were cut off. */
import { expect, it } from 'vitest';
import {
  importModel,
  listModels,
  listUnfinished,
  memoryFolder,
  memoryStorage,
  type MemoryStorage,
  openStore,
  verifyModel,
} from '../../../engine/index.ts';
import { bigFiles, mortal, weightsOf } from '../../../engine/testing/big-import.ts';
import { tinyFiles } from '../../../engine/testing/tiny-checkpoint.ts';
import { isPractice } from '../../protocol/model-traits.ts';

/** Rewrites a stored file as the previous version would have written it. */
async function rewrite(
  storage: MemoryStorage,
  name: string,
  change: (text: string) => string,
): Promise<void> {
  const path = [...storage.files.keys()].find((each) => each.endsWith(`/${name}`)) as string;
  const text = change(new TextDecoder().decode(storage.files.get(path)));
  await (await storage.create(path)).write(0, new TextEncoder().encode(text));
}

const earlierManifest = (text: string) => {
  const { seal: _, checksums: __, ...rest } = JSON.parse(text) as Record<string, unknown>;
  return JSON.stringify({ ...rest, format: 'linnet-store/1', demo: true });
};

it('opens a stored model and recognises the demo model', async () => {
  const storage = memoryStorage();
  await importModel(memoryFolder('tiny', tinyFiles()), openStore(storage), { id: 'demo' });
  await rewrite(storage, 'manifest.json', earlierManifest);
  const store = openStore(storage);
  const [model] = await listModels(store);
  expect([model?.id, isPractice(model!)]).toEqual(['demo', true]);
  expect(await verifyModel(store, 'demo')).toBeGreaterThan(0);
});

it('imports a converted model from its folder', async () => {
  const storage = memoryStorage();
  await importModel(memoryFolder('tiny', tinyFiles()), openStore(storage), { id: 'tiny' });
  await rewrite(storage, 'manifest.json', earlierManifest);
  const files = [...storage.files].map(([path, bytes]) => [path.split('/').pop() as string, bytes] as const);
  const again = openStore(memoryStorage());
  const model = await importModel(memoryFolder('tiny', Object.fromEntries(files)), again, { traits: ['x'] });
  expect([model.name, model.traits]).toEqual(['tiny', ['x']]);
});

it('continues an import where it was cut off', async () => {
  const files = bigFiles();
  const folder = () => {
    const memory = memoryFolder('big', files);
    return {
      ...memory,
      open: async (name: string) => {
        const source = await memory.open(name);
        return source && { ...source, tag: 'same' };
      },
    };
  };
  const whole = memoryStorage();
  await importModel(folder(), openStore(whole), { id: 'big', weights: 'f32' });
  const storage = memoryStorage();
  const dying = openStore(mortal(storage, 12e6));
  await expect(importModel(folder(), dying, { id: 'big', weights: 'f32' })).rejects.toThrow('dead');
  await rewrite(storage, 'import.jsonl', (text) => text.replaceAll('model-import/1', 'linnet-import/1'));
  const [left] = await listUnfinished(openStore(storage));
  expect(left?.done).toBeGreaterThan(0);
  let start = Number.NaN;
  await importModel(
    folder(),
    openStore(storage),
    { id: 'big', weights: 'f32' },
    {
      onProgress: ({ phase, done }) => {
        if (phase === 'converting' && Number.isNaN(start)) start = done;
      },
    },
  );
  expect(start).toBe(left?.done);
  expect(Buffer.compare(weightsOf(storage), weightsOf(whole))).toBe(0);
});
