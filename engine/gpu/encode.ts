/** One submit: one compute pass, then copies. Creates nothing that lasts. */
import type { Buffer } from './buffers.ts';
import type { Gpu } from './device.ts';
import type { BindGroup, Pipeline } from './pipelines.ts';

export interface Dispatch {
  readonly pipeline: Pipeline;
  readonly bindings: BindGroup;
}

/** All in bytes, multiples of 4; offsets are 0 when absent. */
export interface Copy {
  readonly from: Buffer;
  readonly fromOffset?: number;
  readonly to: Buffer;
  readonly toOffset?: number;
  readonly bytes: number;
}

/** WebGPU's bound on each dimension of a dispatch. */
const MOST = 65535;

/**
 * `workgroups[i]` belongs to `dispatches[i]`; none means that it is left out. More than 65,535 are folded
 * into x and y (wgsl/lib/fold.wgsl). Dispatches [first, end) alone; all when absent.
 */
export function submit(
  gpu: Gpu,
  dispatches: readonly Dispatch[],
  workgroups: ArrayLike<number>,
  copies: readonly Copy[] = [],
  first = 0,
  end = dispatches.length,
): void {
  const encoder = gpu.device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  let current: Pipeline | undefined;
  for (let i = first; i < end; i++) {
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
  for (const { from, fromOffset = 0, to, toOffset = 0, bytes } of copies) {
    encoder.copyBufferToBuffer(from.raw, fromOffset, to.raw, toOffset, bytes);
  }
  gpu.device.queue.submit([encoder.finish()]);
  gpu.counters.submits++;
}
