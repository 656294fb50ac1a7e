/** Submits one compute pass followed by copies. Creates no persistent objects. */
import type { Buffer } from './buffers.ts';
import type { Gpu } from './device.ts';
import type { BindGroup, Pipeline } from './pipelines.ts';

export interface Dispatch {
  readonly pipeline: Pipeline;
  readonly bindings: BindGroup;
}

/** Sizes and offsets are in bytes, multiples of 4. Offsets default to 0. */
export interface Copy {
  readonly from: Buffer;
  readonly fromOffset?: number;
  readonly to: Buffer;
  readonly toOffset?: number;
  readonly bytes: number;
}

/** WebGPU's default limit for each dimension of a dispatch. */
const MAX_WORKGROUPS_PER_DIMENSION = 65535;

/**
 * Submits dispatches [first, end), by default all. `workgroups[i]` is the workgroup count of `dispatches[i]`; 0 skips
 * it. More than 65,535 workgroups are folded into x and y (wgsl/lib/fold.wgsl). `immediates` are set for the whole pass.
 */
export function submit(
  gpu: Gpu,
  dispatches: readonly Dispatch[],
  workgroups: ArrayLike<number>,
  copies: readonly Copy[] = [],
  first = 0,
  end = dispatches.length,
  immediates?: Uint32Array<ArrayBuffer>,
): void {
  const encoder = gpu.device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  let current: Pipeline | undefined;
  let submitted = 0;
  if (immediates !== undefined && immediates.length > 0) {
    pass.setImmediates(0, immediates);
    gpu.counters.bytesWritten += immediates.byteLength;
  }
  for (let i = first; i < end; i++) {
    const count = workgroups[i] as number;
    if (count === 0) continue;
    const { pipeline, bindings } = dispatches[i] as Dispatch;
    if (pipeline !== current) pass.setPipeline(pipeline.raw);
    current = pipeline;
    pass.setBindGroup(0, bindings.raw);
    if (count <= MAX_WORKGROUPS_PER_DIMENSION) pass.dispatchWorkgroups(count);
    else {
      const y = Math.ceil(count / MAX_WORKGROUPS_PER_DIMENSION);
      pass.dispatchWorkgroups(Math.ceil(count / y), y);
    }
    submitted++;
  }
  pass.end();
  gpu.counters.dispatches += submitted;
  for (const { from, fromOffset = 0, to, toOffset = 0, bytes } of copies) {
    encoder.copyBufferToBuffer(from.raw, fromOffset, to.raw, toOffset, bytes);
  }
  gpu.device.queue.submit([encoder.finish()]);
  gpu.counters.submits++;
}
