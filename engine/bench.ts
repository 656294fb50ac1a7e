/**
 * For benchmarks and checks of single parts: graphs without a store, kernels alone, number formats, random weights.
 * These names may change with the engine; a program that only uses models imports `index.ts`.
 */
export { windowsOf } from './calibrate/windows.ts';
export { PASSES, runPasses } from './graph/passes/index.ts';
export { buildModel } from './models/index.ts';
export {
  adapterVariants,
  type AdapterVariants,
  checkKernel,
  createRuntime,
  kernelCases,
  printVariants,
  type Runtime,
  type RuntimeCounters,
  type VariantName,
  type WeightSource,
} from './runtime/index.ts';
export { loadWith } from './session/load.ts';
export { openText } from './session/text.ts';
export { openCheckpoint } from './weights/checkpoint.ts';
export { GREEDY, type Sampling } from './sampling/settings.ts';

// Number formats and random numbers.
export { dequantiseRows, type M0e4Group, type M0e4Rows, m0e4Layout, quantiseRows } from './quant/m0e4.ts';
export { q8Layout } from './quant/q8.ts';
export { encodeCells } from './quant/cells/encode.ts';
export { isCell } from './tensor/cells.ts';
export { f16FromF32, roundToF16 } from './tensor/f16.ts';
export { seededRandom } from './tensor/random.ts';
export type { TensorType } from './tensor/tensor.ts';
export { LOSS_TEXTS } from './calibrate/loss/measure-loss.ts';
