/**
 * The only door of the engine: what the extension, the command line and the bench may use.
 * It knows nothing of extensions, pages or chat windows, and runs the same in a browser, a worker and Node.
 *
 * Not here: `openGpu` of Node's Dawn (`cli/dawn.ts`) and files of Node (`cli/node-files.ts`).
 */
export * from './base/errors.ts';
export { log, type LogLevel, type LogSink, setLog } from './base/log.ts';
export type { ActivationDType, WeightDType } from './tensor/tensor.ts';

export type { ByteSource, CheckpointFolder } from './weights/source.ts';
export type { FileWriter, Storage } from './weights/storage.ts';
export { type ModelStore, openStore } from './weights/store.ts';

export * from './session/types.ts';
export {
  type GenerateHooks,
  type Gpu,
  type ImportHooks,
  type ImportModelOptions,
  importModel,
  listModels,
  type LoadedModel,
  type LoadHooks,
  loadModel,
  type ModelFacts,
  type Perplexity,
} from './session/model.ts';
