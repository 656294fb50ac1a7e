/** A checkpoint in the sizes of a large model: its weights are made as they are read, and what is stored is dropped. */
import { buildModel } from '../../models/index.ts';
import { type ByteSource, type CheckpointFolder, inPieces } from '../../weights/sources/byte-source.ts';
import { memorySource } from '../../weights/sources/memory-source.ts';
import type { Storage } from '../../weights/store/storage.ts';
import { memoryStorage } from '../../weights/store/storage-memory.ts';
import { TINY_TOKENIZER } from '../tiny-checkpoint.ts';

/** Numbers in bf16 of 0.008 to 0.016, either sign, the same every megabyte. */
const BLOCK = new Uint8Array(1 << 20);
for (let i = 0; i < BLOCK.length; i += 2) {
  BLOCK[i] = (i * 2654435761) >>> 24;
  BLOCK[i + 1] = (i & 2) === 0 ? 0x3c : 0xbc;
}

/** A folder with one file of safetensors in bf16, with every tensor that the config's model has; `bytes` of weights. */
export function generatedCheckpoint(config: object): CheckpointFolder & { readonly bytes: number } {
  let at = 0;
  const { tensors } = buildModel(config, {
    activations: 'f32',
    weights: () => ({ dtype: 'f32' }),
    maxChunk: 1,
    capacity: 1,
  });
  const entries = tensors.map(({ name, shape }) => {
    const from = at;
    at += 2 * shape.reduce((n, d) => n * d, 1);
    return [name, { dtype: 'BF16', shape, data_offsets: [from, at] }] as const;
  });
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const header = new Uint8Array(8 + json.length);
  new DataView(header.buffer).setBigUint64(0, BigInt(json.length), true);
  header.set(json, 8);
  const read = async (offset: number, length: number): Promise<Uint8Array> => {
    const out = new Uint8Array(length);
    for (let i = 0; i < length; ) {
      const place = offset + i;
      const from =
        place < header.length
          ? header.subarray(place)
          : BLOCK.subarray((place - header.length) % BLOCK.length);
      const part = from.subarray(0, length - i);
      out.set(part, i);
      i += part.length;
    }
    return out;
  };
  const name = 'model.safetensors';
  const weights: ByteSource = {
    name,
    size: header.length + at,
    read,
    stream: (offset, length, signal) => inPieces(read, offset, length, signal),
  };
  const text = (content: object) => new TextEncoder().encode(JSON.stringify(content));
  const files: Readonly<Record<string, ByteSource>> = {
    'config.json': memorySource('config.json', text(config)),
    'tokenizer.json': memorySource('tokenizer.json', text(TINY_TOKENIZER)),
    [name]: weights,
  };
  return { name: 'generated', bytes: at, open: async (file) => files[file] };
}

/** Drops what is written to weights.bin; `onWrite` after each piece. */
export function droppingStorage(onWrite: () => void): { storage: Storage; written: () => number } {
  const inner = memoryStorage();
  let written = 0;
  const dropping: Storage['create'] = async (path) => ({
    ...(await inner.create(path)),
    async write(_, bytes) {
      written += bytes.length;
      onWrite();
    },
  });
  const open = (path: string, otherwise: Storage['create']) =>
    path.endsWith('weights.bin') ? dropping(path) : otherwise(path);
  return {
    written: () => written,
    storage: {
      ...inner,
      create: (path) => open(path, inner.create),
      reopen: (path) => open(path, inner.reopen),
    },
  };
}
