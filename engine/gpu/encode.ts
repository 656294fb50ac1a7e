/** One submit: one compute pass, then copies. Creates nothing that lasts. */
import type { Buffer } from './buffers.ts';
import type { Gpu } from './device.ts';
import type { BindGroup, Pipeline } from './pipelines.ts';

export interface Dispatch {
  readonly pipeline: Pipeline;
  readonly bindings: BindGroup;
}

/** From the start of one buffer to the start of another; bytes, a multiple of 4. */
export interface Copy {
  readonly from: Buffer;
  readonly to: Buffer;
  readonly bytes: number;
}

/** WebGPU's bound on each dimension of a dispatch. */
const MOST = 65535;

/**
 * `workgroups[i]` belongs to `dispatches[i]`; none means that it is left out. More than 65,535 are folded
 * into x and y (wgsl/lib/fold.wgsl).
 */
export function submit(
  gpu: Gpu,
  dispatches: readonly Dispatch[],
  workgroups: ArrayLike<number>,
  copies: readonly Copy[] = [],
): void {
  const encoder = gpu.device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  let current: Pipeline | undefined;
  for (let i = 0; i < dispatches.length; i++) {
    const count = workgroups[i] as number;
    if (count === 0) continue;
    const { pipeline, bindings } = dispatches[i] as Dispatch;
    if (pipeline !== current) pass.setPipeline(pipeline.raw);
    current = pipeline;
    pass.setBindGroup(0, bindings.raw);
    const y = Math.ceil(count / MOST);
    pass.dispatchWorkgroups(y === 1 ? count : Math.ceil(count / y), y);
    gpu.counters.dispatches++;
  }
  pass.end();
  for (const { from, to, bytes } of copies) encoder.copyBufferToBuffer(from.raw, 0, to.raw, 0, bytes);
  gpu.device.queue.submit([encoder.finish()]);
  gpu.counters.submits++;
}
