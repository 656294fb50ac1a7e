/** Buffers, every one counted while it lives. Sizes are multiples of 4 bytes. */
import { fail } from '../base/errors.ts';
import type { Gpu } from './device.ts';

/** `data` is bound by shaders and copied; `params` is a uniform; `readback` is mapped. */
export type BufferUse = 'data' | 'params' | 'readback';

export interface Buffer {
  readonly label: string;
  readonly bytes: number;
  readonly raw: GPUBuffer;
  destroy(): void;
}

/**
 * Zeroed. Throws `gpu-limit` naming the buffer when the device binds no buffer of that size; running out
 * of memory shows in `allocating` (device.ts).
 */
export function createBuffer(gpu: Gpu, label: string, bytes: number, use: BufferUse = 'data'): Buffer {
  const size = Math.max(16, Math.ceil(bytes / 4) * 4);
  const most = use === 'data' ? gpu.mostBound : gpu.device.limits.maxBufferSize;
  if (size > most) {
    fail('gpu-limit', {
      who: label,
      message: 'this tensor is larger than a buffer of this GPU may be',
      expected: `at most ${most} bytes`,
      got: `${size} bytes`,
    });
  }
  const raw = gpu.device.createBuffer({ label, size, usage: usageOf(use) });
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

function usageOf(use: BufferUse): number {
  const { STORAGE, UNIFORM, COPY_DST, COPY_SRC, MAP_READ } = GPUBufferUsage;
  if (use === 'data') return STORAGE | COPY_DST | COPY_SRC;
  return use === 'params' ? UNIFORM | COPY_DST : MAP_READ | COPY_DST;
}

/** Offset and length in bytes, both multiples of 4. Takes effect before what is submitted later. */
export function writeBuffer(gpu: Gpu, to: Buffer, offset: number, bytes: ArrayBufferView<ArrayBuffer>): void {
  gpu.counters.bytesWritten += bytes.byteLength;
  gpu.device.queue.writeBuffer(to.raw, offset, bytes);
}

/** Resolves when everything submitted so far has run. Throws `gpu-lost`. */
export async function settled(gpu: Gpu): Promise<void> {
  try {
    await gpu.device.queue.onSubmittedWorkDone();
  } catch (cause) {
    await Promise.resolve(); // a lost device rejects this first and says so a moment later
    gpu.check();
    fail('gpu-lost', { who: 'queue', message: 'the device went away while it worked', cause });
  }
  gpu.check();
}
