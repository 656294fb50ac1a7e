/**
 * The engine: language models from published checkpoints, on WebGPU, in a browser, a worker or Node.
 *
 *   const store = openStore(await opfsStorage('my-models'));
 *   const { id } = await importModel(httpFolder('org/name'), store);
 *   const model = await loadModel(store, id, await openGpu(navigator.gpu));
 *   await model.generate({ prompt, maxTokens: 200 }, { onEvent });
 *
 * Benchmarks import `bench.ts` besides. In Node the caller brings a WebGPU object and a {@link Storage} of its own.
 */

// 1. A checkpoint: files that a person picked, bytes in memory, or an address.
export { ggufName, partNames } from './weights/sources/gguf-names.ts';
export { folderFromFiles, type NamedFile } from './weights/sources/file-source.ts';
export { memoryFolder } from './weights/sources/memory-source.ts';
export {
  fetchFile,
  httpFolder,
  type HttpOptions,
} from './weights/sources/http-source.ts';
export { addressOrigin } from './weights/sources/hub/model-address.ts';
export { findModels, type FoundModels } from './weights/hub/find-models.ts';
export type { ModelChoice } from './weights/hub/model-choices.ts';
export { type ConnectPolicy, connectPolicy, OPEN_POLICY } from './weights/sources/connect-policy.ts';
export type { ByteSource, CheckpointFolder } from './weights/sources/byte-source.ts';
export { MODEL_TYPES } from './models/index.ts';

// 2. A store: where converted models are kept.
export { eraseOpfs, opfsStorage } from './weights/store/storage-opfs.ts';
export { memoryStorage, type MemoryStorage } from './weights/store/storage-memory.ts';
export type { FileWriter, Storage } from './weights/store/storage.ts';
export { type ModelStore, openStore } from './weights/store/store.ts';

// 3. From the checkpoint into the store.
export { previewModel } from './session/import/preview.ts';
export { importModel } from './session/import/import.ts';
export { type DryRun, dryRunIn, type DryRunOptions, type DryRunWorker } from './session/dry-run/dry-run.ts';
export { serveDryRun } from './session/dry-run/serve-dry-run.ts';
export type { FromDryRun, ToDryRun } from './session/dry-run/messages.ts';
export {
  type EncoderWorker,
  encodersIn,
  type FromEncoder,
  type OpenEncoders,
  serveEncoder,
  type ToEncoder,
} from './weights/import/encoders.ts';
export { verifyModel } from './session/import/check-stored.ts';
export { measureModelLoss } from './session/loss/measure-model-loss.ts';
export type { LossHooks, ModelLoss, SizeLoss } from './session/loss/measure-model-loss.ts';
export { listModels, listUnfinished } from './session/stored-model.ts';
export { inspectCheckpoint } from './session/import/inspect.ts';
export { gpuCalibrator } from './calibrate/gpu/index.ts';
export { calibrationBytes, calibrationSeconds, fitsCalibration } from './calibrate/gpu/measure.ts';
export type { CalibrationNeed } from './calibrate/need.ts';
export {
  CALIBRATED_PROFILE,
  DEFAULT_PROFILE,
  plainProfile,
  PROFILES,
  type WeightProfile,
} from './weights/store/profiles.ts';

// 4. From the store onto a GPU.
export { type Gpu, type GpuFacts, type GpuOptions, openGpu } from './gpu/index.ts';
export { loadModel } from './session/load.ts';
export { type EmbedderOptions, loadEmbedder } from './session/embed/load-embedder.ts';
export { storedVariants } from './session/adapters/stored-variants.ts';
export { type PrecisionCache, storedPrecision } from './session/adapters/stored-precision.ts';
export { type PackingCache, storedPacking } from './session/adapters/stored-packing.ts';
export { type Pace, type VariantCache, type VariantResult, variantsKey } from './runtime/index.ts';
export type { CacheForm } from './models/index.ts';
export type { ActivationDType, WeightDType } from './tensor/tensor.ts';

// 5. Requests to a loaded model, and what they return.
export type {
  AskCalibrator,
  GenerateHooks,
  ImportHooks,
  ImportModelOptions,
  LoadedModel,
  LoadHooks,
  ModelFacts,
  PackOptions,
  Perplexity,
  PerplexityHooks,
  PrefixOptions,
  PromptReadOptions,
  PromptReadResult,
  SavedPrefix,
} from './session/model.ts';
export type { Embedder, EmbedderFacts, Embeddings, EmbedOptions } from './session/embed/embedder.ts';
export type { Guide, GuidedAnswer, GuideStep } from './session/guide/guide.ts';
export * from './session/types.ts';

// Errors, the log, and orders of asynchronous work.
export { type IsLatest, type LatestOnly, latestOnly, type Serial, serial } from './base/async.ts';
export {
  CodedError,
  ENGINE_ERROR_CODES,
  EngineError,
  type EngineErrorCode,
  type ErrorFacts,
  fail,
} from './base/errors.ts';
export { consoleLog, log, type LogLevel, type LogSink, setLog } from './base/log.ts';
