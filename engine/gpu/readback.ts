/**
 * Reads results back from the GPU through a fixed ring of mappable buffers. Take a slot before the submit that
 * copies into it and read it afterwards; reading frees the slot.
 */
import { fail } from '../base/errors.ts';
import { type Buffer, createBuffer } from './buffers.ts';
import type { Gpu } from './device.ts';

export interface ReadbackRing {
  /** Takes a free slot. Throws `request-invalid` when all slots are in flight. */
  take(): ReadbackSlot;
  destroy(): void;
}

export interface ReadbackSlot {
  /** Target of the copy. */
  readonly buffer: Buffer;
  /** Returns a copy of the first `bytes` and frees the slot. Throws `gpu-lost`. */
  read(bytes: number): Promise<ArrayBuffer>;
}

export function readbackRing(gpu: Gpu, label: string, bytes: number, slots: number): ReadbackRing {
  const all = Array.from({ length: slots }, (_, i): ReadbackSlot & { busy: boolean } => {
    const buffer = createBuffer(gpu, `${label} ${i}`, bytes, 'readback');
    const slot = {
      buffer,
      busy: false,
      async read(length: number) {
        try {
          await buffer.raw.mapAsync(GPUMapMode.READ, 0, length);
          const numbers = buffer.raw.getMappedRange(0, length).slice(0);
          buffer.raw.unmap();
          gpu.counters.bytesRead += length;
          gpu.check();
          return numbers;
        } catch (cause) {
          await Promise.resolve(); // a lost device rejects the mapping before it resolves `device.lost`
          gpu.check();
          fail('gpu-lost', { who: label, message: 'the result could not be read back', cause });
        } finally {
          slot.busy = false;
        }
      },
    };
    return slot;
  });
  return {
    take() {
      const free = all.find((slot) => !slot.busy);
      if (free === undefined) {
        const expected = `at most ${slots}`;
        fail('request-invalid', { who: label, message: 'too many steps are in flight', expected });
      }
      free.busy = true;
      return free;
    },
    destroy() {
      for (const { buffer } of all) buffer.destroy();
    },
  };
}
