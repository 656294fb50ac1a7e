/**
 * An import of Gemma 4 needs little memory, however large its tables are: the checkpoint is generated as it is read, and what is
 * written is counted and dropped. On demand in the sizes of E2B (10 GB are read).
 */
import { expect, test } from 'vitest';
import { onDemand } from '../../../scripts/testing/assets.ts';
import { buildModel } from '../../models/index.ts';
import { TINY_TOKENIZER } from '../../testing/tiny-checkpoint.ts';
import { type ByteSource, type CheckpointFolder, inPieces } from '../../weights/sources/byte-source.ts';
import { memorySource } from '../../weights/sources/memory-source.ts';
import type { Storage } from '../../weights/store/storage.ts';
import { memoryStorage } from '../../weights/store/storage-memory.ts';
import { openStore } from '../../weights/store/store.ts';
import { importModel } from './import.ts';

const SMALL = {
  model_type: 'gemma4_text',
  hidden_size: 128,
  intermediate_size: 256,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  num_key_value_heads: 1,
  layer_types: ['sliding_attention', 'full_attention'],
  // Rows as wide as those of E2B.
  hidden_size_per_layer_input: 4480,
  vocab_size: 2048,
  vocab_size_per_layer_input: 2048,
  bos_token_id: 1,
  eos_token_id: 2,
};
const LAYERS = 35;
const E2B = {
  ...SMALL,
  hidden_size: 1536,
  intermediate_size: 6144,
  num_hidden_layers: LAYERS,
  num_attention_heads: 8,
  num_kv_shared_layers: 20,
  use_double_wide_mlp: true,
  layer_types: Array.from({ length: LAYERS }, (_, i) =>
    (i + 1) % 5 === 0 ? 'full_attention' : 'sliding_attention',
  ),
  hidden_size_per_layer_input: 256,
  vocab_size: 262_144,
  vocab_size_per_layer_input: 262_144,
};

/** Numbers in bf16 around ±0.01, the same every megabyte. */
const BLOCK = new Uint8Array(1 << 20);
for (let i = 0; i < BLOCK.length; i += 2) {
  BLOCK[i] = (i * 2654435761) >>> 24;
  BLOCK[i + 1] = (i & 2) === 0 ? 0x3c : 0xbc;
}

function checkpoint(config: object): CheckpointFolder & { readonly bytes: number } {
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
function counting(onWrite: () => void): { storage: Storage; written: () => number } {
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

async function peakOf(config: object) {
  const inUse = () => {
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const folder = checkpoint(config);
  const before = inUse();
  let peak = before;
  const { storage, written } = counting(() => {
    peak = Math.max(peak, inUse());
  });
  await importModel(folder, openStore(storage), { weights: 'm0e4+q8-head' });
  return { peak: peak - before, read: folder.bytes, written: written() };
}

test('with rows as wide as those of E2B, less memory than the file has bytes', async () => {
  const { peak, read, written } = await peakOf(SMALL);
  if (process.env.ENGINE_TABLE === '1')
    process.stdout.write(`${read} read, ${written} written, ${peak} in memory\n`);
  expect(read).toBeGreaterThan(40e6);
  expect(written).toBeGreaterThan(read * 0.3);
  expect(peak).toBeLessThan(40e6);
}, 120_000);

test.skipIf(onDemand !== undefined)(
  'in the sizes of E2B, less than 150 MB for 9.3 GB',
  async () => {
    const { peak, read } = await peakOf(E2B);
    if (process.env.ENGINE_TABLE === '1') process.stdout.write(`${read} read, ${peak} in memory\n`);
    expect(read).toBeGreaterThan(9.2e9);
    expect(peak).toBeLessThan(150e6);
  },
  3_600_000,
);
