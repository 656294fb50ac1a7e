/**
 * The engine in a worker of the extension, with a request that the chat never makes: to continue from BOS alone, with the weights as
 * the checkpoint has them. Bundled by `golden.spec.ts` into a copy of the extension.
 */
import {
  folderFromFiles,
  importModel,
  loadModel,
  openGpu,
  openStore,
  opfsStorage,
} from '../../engine/index.ts';

export interface GoldenAsk {
  readonly files: readonly File[];
  readonly maxTokens: number;
}

export interface GoldenAnswer {
  readonly text?: string;
  readonly ids?: readonly number[];
  readonly created?: { readonly buffers: number; readonly bindGroups: number; readonly pipelines: number };
  readonly failed?: string;
}

async function answer({ files, maxTokens }: GoldenAsk): Promise<GoldenAnswer> {
  const store = openStore(await opfsStorage('linnet'));
  const { id } = await importModel(folderFromFiles(files, 'golden'), store, { weights: 'f32' });
  const gpu = await openGpu(navigator.gpu);
  const model = await loadModel(store, id, gpu, { activations: 'f32' });
  const { text, ids, counters } = await model.generate({
    prompt: { kind: 'text', text: '' },
    maxTokens,
    ignoreEos: true,
  });
  return { text, ids, created: counters.createdPerToken };
}

self.onmessage = ({ data }: MessageEvent<GoldenAsk>) => {
  answer(data).then(
    (done) => self.postMessage(done),
    (error: Error) => self.postMessage({ failed: error.message }),
  );
};
