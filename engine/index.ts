/**
 * The only door of the engine: what the extension, the command line and the bench may use.
 * It knows nothing of extensions, pages or chat windows, and runs the same in a browser, a worker and Node.
 *
 * Not here: Dawn for Node (`cli/dawn.ts`) and files of Node (`cli/node-files.ts`).
 */
export * from './base/errors.ts';
export { consoleLog, log, type LogLevel, type LogSink, setLog } from './base/log.ts';
export { type CacheForm, MODEL_TYPES } from './models/index.ts';
export type { ActivationDType, WeightDType } from './tensor/tensor.ts';

// Where a checkpoint comes from.
export type { ByteSource, CheckpointFolder } from './weights/sources/byte-source.ts';
export { folderFromFiles, type NamedFile } from './weights/sources/file-source.ts';
export { httpFolder, type HttpOptions, readOwnFile } from './weights/sources/http-source.ts';
export { memoryFolder } from './weights/sources/memory-source.ts';

// Where models are kept.
export type { FileWriter, Storage } from './weights/store/storage.ts';
export { memoryStorage, type MemoryStorage } from './weights/store/storage-memory.ts';
export { PROFILES, type WeightProfile } from './weights/store/profiles.ts';
export { type ModelStore, openStore } from './weights/store/store.ts';
export { opfsStorage } from './weights/store/storage-opfs.ts';

// What they run on, and what they do.
export { type Gpu, type GpuFacts, type GpuOptions, openGpu } from './gpu/index.ts';
export * from './session/types.ts';
export type { Pace } from './runtime/index.ts';
export { importModel } from './session/import/import.ts';
export { inspectCheckpoint } from './session/import/inspect.ts';
export { loadModel } from './session/load.ts';
export { storedVariants } from './session/stored-variants.ts';
export {
  type AdapterVariants,
  type VariantName,
  type VariantCache,
  variantsKey,
  type VariantResult,
} from './runtime/index.ts';
export { previewModel } from './session/import/preview.ts';
export { listModels, listUnfinished } from './session/stored-model.ts';
export { verifyModel } from './session/import/check-stored.ts';
export type {
  GenerateHooks,
  ImportHooks,
  ImportModelOptions,
  LoadedModel,
  LoadHooks,
  ModelFacts,
  Perplexity,
  PerplexityHooks,
  PrefixOptions,
  SavedPrefix,
} from './session/model.ts';

// For those who measure (bench/).
export { PASSES, runPasses } from './graph/passes/index.ts';
export { buildModel } from './models/index.ts';
export { dequantiseRows, type M0e4Group, m0e4Layout, quantiseRows } from './quant/m0e4.ts';
export { q8Layout } from './quant/q8.ts';
export {
  adapterVariants,
  checkKernel,
  createRuntime,
  type KernelCase,
  kernelCases,
  printVariants,
  type Runtime,
  type RuntimeCounters,
  type WeightSource,
} from './runtime/index.ts';
export { GREEDY, type Sampling } from './sampling/settings.ts';
export { f16FromF32, roundToF16 } from './tensor/f16.ts';
export { seededRandom } from './tensor/random.ts';
export type { TensorType } from './tensor/tensor.ts';
