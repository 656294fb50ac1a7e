/** Linnet's engine as the extension uses it, but in the page: imports safetensors and runs the kernel self-test. */
import {
  httpFolder,
  importModel,
  loadModel,
  memoryStorage,
  openGpu,
  openStore,
  storedVariants,
} from '../../../engine/index.ts';
import { adapterVariants } from '../../../engine/bench.ts';
import { textOf } from '../model/tokens.ts';
import { bestOf, type OpenPeer } from './engine.ts';

export const openLinnet: OpenPeer = async ({ model, activations, capacity }) => {
  const storage = memoryStorage();
  const store = openStore(storage);
  const begun = performance.now();
  const { id } = await importModel(httpFolder(new URL(model, location.href).href), store, {
    weights: 'm0e4',
  });
  const gpu = await openGpu(navigator.gpu);
  const variants = storedVariants(storage);
  await adapterVariants(gpu, variants, activations); // what the load finds is stored for this GPU
  const importMs = performance.now() - begun;
  const loaded = await loadModel(store, id, gpu, { activations, capacity }, { variants });
  const prompt = (ids: readonly number[]) => ({ kind: 'text', text: textOf(ids) }) as const;
  return {
    version: `M0E4, ${activations}`,
    importMs,
    best: async (ids) => bestOf((await loaded.logits(prompt(ids))).logits),
    async generate(ids, tokens, onToken) {
      const { promptIds } = await loaded.generate(
        { prompt: prompt(ids), maxTokens: tokens, speculation: 'off', ignoreEos: true },
        { onEvent: (event) => event.kind === 'token' && onToken(event.id) },
      );
      if (promptIds.join() !== ids.join())
        throw new Error('Linnet encoded the prompt to other ids than expected');
    },
  };
};
