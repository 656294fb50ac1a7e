/** For tests of imports that last: a checkpoint of some size, and a process that dies in the middle of it. */
import type { Storage } from '../weights/store/storage.ts';
import type { MemoryStorage } from '../weights/store/storage-memory.ts';
import { type TestTensor, TINY_CONFIG, tinyFiles, tinyTensors } from './tiny-checkpoint.ts';

/** Rows enough that the weights (16 MB) take several journal lines and several range requests at once. */
const VOCAB = 200_000;

export function bigTensors(): Record<string, TestTensor> {
  const values = new Float32Array(VOCAB * 20);
  for (let i = 0; i < values.length; i++) values[i] = ((i * 2654435761) % 1009) / 1009 - 0.5;
  return { ...tinyTensors(), 'model.embed_tokens.weight': { dtype: 'F32', shape: [VOCAB, 20], values } };
}

export function bigFiles(tensors = bigTensors()): Record<string, Uint8Array | string> {
  const config = JSON.stringify({ ...TINY_CONFIG, vocab_size: VOCAB });
  return { ...tinyFiles(undefined, tensors), 'config.json': config };
}

export function weightsOf(storage: MemoryStorage): Uint8Array {
  const path = [...storage.files.keys()].find((name) => name.endsWith('weights.bin'));
  return storage.files.get(path ?? '') ?? new Uint8Array(0);
}

/** A process that dies after so many bytes of weights: from then on nothing reaches the disk. */
export function mortal(storage: MemoryStorage, bytes: number): Storage {
  let left = bytes;
  const guarded = async (open: Promise<Awaited<ReturnType<Storage['create']>>>) => {
    const file = await open;
    return {
      ...file,
      async write(offset: number, piece: Uint8Array) {
        if (left <= 0) throw new Error('dead');
        left -= piece.length;
        await file.write(offset, piece);
      },
    };
  };
  return {
    ...storage,
    create: (path) => guarded(storage.create(path)),
    reopen: (path) => guarded(storage.reopen(path)),
    remove: async () => {
      throw new Error('dead');
    },
  };
}
