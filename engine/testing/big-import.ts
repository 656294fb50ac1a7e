/** For tests of long imports: a large checkpoint, and a storage that simulates a crash. */
import type { Storage } from '../weights/store/storage.ts';
import type { MemoryStorage } from '../weights/store/storage-memory.ts';
import { type TestTensor, TINY_CONFIG, tinyFiles, tinyTensors } from './tiny-checkpoint.ts';

/** Large enough that the weights (16 MB) take several journal lines and several concurrent range requests. */
const VOCAB = 200_000;

/** Returns the tensors: a tiny model with an f32[vocab, 20] embedding; 80 bytes a row. */
export function bigTensors(vocab = VOCAB): Record<string, TestTensor> {
  const values = new Float32Array(vocab * 20);
  for (let i = 0; i < values.length; i++) values[i] = ((i * 2654435761) % 1009) / 1009 - 0.5;
  return { ...tinyTensors(), 'model.embed_tokens.weight': { dtype: 'F32', shape: [vocab, 20], values } };
}

/** Returns the files of the checkpoint. */
export function bigFiles(tensors = bigTensors()): Record<string, Uint8Array | string> {
  const vocab = tensors['model.embed_tokens.weight']!.shape[0];
  const config = JSON.stringify({ ...TINY_CONFIG, vocab_size: vocab });
  return { ...tinyFiles(undefined, tensors), 'config.json': config };
}

/** Returns the contents of the first `weights.bin` in a storage; empty if there is none. */
export function weightsOf(storage: MemoryStorage): Uint8Array {
  const path = [...storage.files.keys()].find((name) => name.endsWith('weights.bin'));
  return storage.files.get(path ?? '') ?? new Uint8Array(0);
}

/** Simulates a process that dies after writing `bytes` bytes: from then on writes and removals throw `dead`. */
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
