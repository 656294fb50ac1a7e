/** The door of the room that says GPU*. Others hold its types and look inside none of them. */
export { type Buffer, createBuffer, settled, writeBuffer } from './buffers.ts';
export type { GpuCounters } from './counters.ts';
export { allocating, type Gpu, type GpuFacts, type GpuOptions, openGpu } from './device.ts';
export { type Copy, type Dispatch, submit } from './encode.ts';
export {
  type BindGroup,
  type Bound,
  createBindGroup,
  type Pipeline,
  type PipelineCache,
  pipelineCache,
} from './pipelines.ts';
export { type ReadbackRing, type ReadbackSlot, readbackRing } from './readback.ts';
