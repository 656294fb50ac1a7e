/** The public API of engine/gpu. Other folders treat its types as opaque. */
export { type Buffer, createBuffer, submittedWorkDone, writeBuffer } from './buffers.ts';
export type { GpuCounters } from './counters.ts';
export { withAllocationErrors, type Gpu, type GpuFacts, type GpuOptions, openGpu } from './device.ts';
export { explainLoss, lossBehind } from './loss.ts';
export { type Copy, type Dispatch, submit } from './encode.ts';
export {
  type BindGroup,
  type BindingLayout,
  type BoundBuffer,
  createBindGroup,
  type Pipeline,
  type PipelineCache,
  pipelineCache,
  type PipelineRequest,
} from './pipelines.ts';
export { type ReadbackRing, type ReadbackSlot, readbackRing } from './readback.ts';
