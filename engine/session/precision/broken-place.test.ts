/** A search for a number that is not finite takes as long as the answer did, so it can be stopped like the answer. */
import { expect, test } from 'vitest';
import { throwIfAborted } from '../../base/errors.ts';
import { CPU_FACTS, interpreterRuntime } from '../../testing/interpreter-runtime.ts';
import { tinyFiles, tinyTensors } from '../../testing/tiny-checkpoint.ts';
import { memoryFolder } from '../../weights/sources/memory-source.ts';
import { memoryStorage } from '../../weights/store/storage-memory.ts';
import { openStore } from '../../weights/store/store.ts';
import { importModel } from '../import/import.ts';
import { loadWith, type MakeRuntime } from '../load.ts';

test('an answer that is stopped during the search resolves as cancelled, and the next request is served', async () => {
  const tensors = Object.entries(tinyTensors()).map(([name, tensor]) => {
    const values = name.endsWith('norm.weight') ? tensor.values.map(() => Number.NaN) : tensor.values;
    return [name, { ...tensor, values }];
  });
  const store = openStore(memoryStorage());
  const files = tinyFiles(undefined, Object.fromEntries(tensors));
  const { id } = await importModel(memoryFolder('tiny', files), store, { weights: 'f32' });
  const stop = new AbortController();
  const searched: (readonly number[])[] = [];
  const makeRuntime: MakeRuntime = async (...made) => ({
    ...(await interpreterRuntime(...made)),
    async findBroken(ids, _prompt, signal) {
      searched.push(ids);
      stop.abort();
      throwIfAborted(signal, 'search');
      return undefined;
    },
  });
  const model = await loadWith(store, id, { activations: 'f32' }, {}, CPU_FACTS, makeRuntime);
  const request = { prompt: { kind: 'text', text: 'abc' }, maxTokens: 2 } as const;
  expect(await model.generate(request, { signal: stop.signal })).toMatchObject({
    stop: 'cancelled',
    ids: [],
  });
  expect(searched).toHaveLength(1);
  await expect(model.generate(request)).rejects.toMatchObject({ code: 'numbers-broken' });
});
