/** Exports of the runtime, which runs graphs on a GPU. */
export { checkKernel, type KernelCase, kernelCases } from './variants/check-kernel.ts';
export { createRuntime } from './create-runtime.ts';
export { createEncoder, type EncoderOptions, requireFinite, requireFits } from './encoder/create-encoder.ts';
export { type Encoder, type EncoderInputs, inputsOf } from './encoder/encoder.ts';
export {
  type AdapterVariants,
  adapterVariants,
  isOtherVersion,
  type VariantCache,
  variantsKey,
  printVariants,
} from './variants/variants.ts';
export type { VariantName, VariantResult } from './variants/self-test.ts';
export type { Pace } from './pacing.ts';
export type { CacheRows, ParkedRows } from './cache-rows.ts';
export { FEWEST_WORTH_ROWS, mostOf, type Packer, type WorthReader } from './packing/packer.ts';
export type {
  BrokenNumber,
  PrefillOptions,
  Runtime,
  RuntimeCounters,
  RuntimeOptions,
  RuntimeProgress,
  StepResult,
  StepOutput as Wanted,
  WeightBytes,
  WeightSource,
} from './runtime.ts';
