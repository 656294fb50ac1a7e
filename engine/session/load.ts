/** From the store to a model that answers: graph, programs and weights on the GPU, tokenizer and template. */
import { fail } from '../base/errors.ts';
import type { Gpu } from '../gpu/index.ts';
import type { ModelStore } from '../weights/store.ts';
import type { LoadedModel, LoadHooks } from './model.ts';
import type { LoadOptions } from './types.ts';

export async function loadModel(
  _store: ModelStore,
  id: string,
  _gpu: Gpu,
  _options: LoadOptions = {},
  _hooks: LoadHooks = {},
): Promise<LoadedModel> {
  fail('internal', { who: id, message: 'loading is not there yet' });
}
