/** GPU buffers. The counters track every buffer until it is destroyed. Sizes are multiples of 4 bytes. */
import { fail } from '../base/errors.ts';
import type { Gpu } from './device.ts';

/** `data` is bound by shaders and copied, `params` is a uniform, `readback` is mapped for reading. */
export type BufferUse = 'data' | 'params' | 'readback';

export interface Buffer {
  readonly label: string;
  readonly bytes: number;
  readonly raw: GPUBuffer;
  destroy(): void;
}

/**
 * Creates a zeroed buffer of at least 16 bytes. Throws `gpu-limit` with the buffer's label when the device does not
 * allow that size. `withAllocationErrors` (device.ts) reports running out of memory.
 */
export function createBuffer(gpu: Gpu, label: string, bytes: number, use: BufferUse = 'data'): Buffer {
  const size = Math.max(16, Math.ceil(bytes / 4) * 4);
  const limit = use === 'data' ? gpu.maxBindingBytes : gpu.device.limits.maxBufferSize;
  if (size > limit) {
    fail('gpu-limit', {
      who: label,
      message: 'this tensor is larger than the largest buffer of this GPU',
      expected: `at most ${limit} bytes`,
      got: `${size} bytes`,
    });
  }
  const raw = gpu.device.createBuffer({ label, size, usage: usageOf(use, size) });
  const { counters } = gpu;
  counters.buffersCreated++;
  counters.liveBytes += size;
  counters.peakBytes = Math.max(counters.peakBytes, counters.liveBytes);
  let alive = true;
  return {
    label,
    bytes: size,
    raw,
    destroy() {
      if (!alive) return;
      alive = false;
      counters.liveBytes -= size;
      raw.destroy();
    },
  };
}

/** Bytes of a uniform on every device (`maxUniformBufferBindingSize`, compatibility mode). */
const UNIFORM_BYTES = 16_384;

/** Small data can be bound as a uniform too. */
function usageOf(use: BufferUse, size: number): number {
  const { STORAGE, UNIFORM, COPY_DST, COPY_SRC, MAP_READ } = GPUBufferUsage;
  if (use === 'data') return STORAGE | COPY_DST | COPY_SRC | (size <= UNIFORM_BYTES ? UNIFORM : 0);
  return use === 'params' ? UNIFORM | COPY_DST : MAP_READ | COPY_DST;
}

/** Writes `bytes` at `offset`, both multiples of 4 bytes. Takes effect before any later submit. */
export function writeBuffer(gpu: Gpu, to: Buffer, offset: number, bytes: ArrayBufferView<ArrayBuffer>): void {
  gpu.counters.bytesWritten += bytes.byteLength;
  gpu.device.queue.writeBuffer(to.raw, offset, bytes);
}

/** Resolves when all work submitted so far has finished. Throws `gpu-lost`. */
export async function submittedWorkDone(gpu: Gpu): Promise<void> {
  try {
    await gpu.device.queue.onSubmittedWorkDone();
  } catch (cause) {
    await Promise.resolve(); // a lost device rejects this promise before it resolves `device.lost`
    gpu.check();
    fail('gpu-lost', { who: 'queue', message: 'the device was lost while it worked', cause });
  }
  gpu.check();
}
