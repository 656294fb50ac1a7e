/**
 * Models that an earlier version stored still load and give its logits. `earlier.json` has the files of stores, with
 * the ids and logits of one prompt. Two were written before rows could be cells, one is of the smallest size of before. Do not make
 * them anew.
 */
import { expect, test } from 'vitest';
import { verifyModel } from '../../session/import/check-stored.ts';
import { loadWith } from '../../session/load.ts';
import { CPU_FACTS, interpreterRuntime } from '../../testing/interpreter-runtime.ts';
import { memoryStorage } from '../../weights/store/storage-memory.ts';
import { openStore } from '../../weights/store/store.ts';
import earlier from './earlier.json' with { type: 'json' };

test.each(Object.entries(earlier))('%s', async (weights, { id, files, ids, logits }) => {
  const storage = memoryStorage();
  for (const [path, content] of Object.entries(files)) {
    const file = await storage.create(path);
    await file.write(0, Uint8Array.from(Buffer.from(content, 'base64')));
    await file.close();
  }
  const store = openStore(storage);
  expect(await store.list()).toMatchObject([{ id, weights }]);
  expect(await verifyModel(store, id)).toBeGreaterThan(1000);
  const model = await loadWith(store, id, { activations: 'f32' }, {}, CPU_FACTS, interpreterRuntime);
  const got = await model.logits({ kind: 'text', text: 'a small model' });
  expect(got.ids).toEqual(ids);
  expect([...got.logits]).toEqual(logits);
});
