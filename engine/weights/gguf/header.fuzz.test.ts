/** Damaged GGUF files either parse or throw a named error. They never hang and never allocate for missing bytes. */
import { expect, test } from 'vitest';
import { fuzzRounds } from '../../../scripts/testing/assets.ts';
import { EngineError } from '../../base/errors.ts';
import { seededRandom } from '../../tensor/random.ts';
import { memorySource } from '../sources/memory-source.ts';
import type { ByteSource } from '../sources/byte-source.ts';
import { openGgufCheckpoint } from './checkpoint.ts';
import { f32, type GgufParts, tinyModel, writeGguf } from '../../testing/tiny-gguf.ts';

const MUTATIONS = fuzzRounds(1500, 4000);
const seed = Number(process.env.SEED ?? Date.now() % 1e9);
const random = seededRandom(seed);
const below = (n: number) => Math.floor(random() * n);

/** Numbers at the limits of common integer types. */
const EDGES = [
  0n,
  1n,
  7n,
  0xffn,
  0x7fffffffn,
  0x80000000n,
  0xffffffffn,
  1n << 32n,
  1n << 53n,
  (1n << 63n) - 1n,
  1n << 63n,
  (1n << 64n) - 1n,
];

/** Changes mostly the header, since tensor bytes are not parsed. */
function mutated(original: Uint8Array, header: number): Uint8Array {
  let bytes = original.slice();
  for (let i = 1 + below(3); i > 0; i--) {
    const at = below(random() < 0.95 ? Math.min(header, bytes.length) : bytes.length);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const kind = below(6);
    if (kind === 0) bytes[at] = below(256);
    else if (kind === 1) bytes[at] = (bytes[at] as number) ^ (1 << below(8));
    else if (kind === 2 && at + 8 <= bytes.length)
      view.setBigUint64(at, EDGES[below(EDGES.length)] as bigint, true);
    else if (kind === 3 && at + 4 <= bytes.length) view.setUint32(at, below(64), true);
    else if (kind === 4) bytes = bytes.slice(0, random() < 0.2 ? at : bytes.length - below(64));
    else {
      // Delete or repeat a range, which moves everything after it.
      const to = Math.min(bytes.length, at + 1 + below(24));
      const parts =
        random() < 0.5 ? [bytes.slice(0, at), bytes.slice(to)] : [bytes.slice(0, to), bytes.slice(at)];
      bytes = new Uint8Array(Buffer.concat(parts));
    }
    if (bytes.length === 0) break;
  }
  return bytes;
}

/** Counts the bytes read, and fails on a read past the end. */
function watched(bytes: Uint8Array): { source: ByteSource; asked: () => number } {
  let asked = 0;
  const inner = memorySource('m.gguf', bytes);
  const read: ByteSource['read'] = (offset, length) => {
    if (offset + length > bytes.length) throw new Error(`read past the end: ${offset} + ${length}`);
    asked += length;
    return inner.read(offset, length);
  };
  return { source: { ...inner, read }, asked: () => asked };
}

/** Files that take different paths: kinds of vocabulary, of weights, of RoPE. */
function variants(): GgufParts[] {
  const factors = (n: number, value: number) => ({
    type: 'F32',
    shape: [n],
    data: new Uint8Array(new Float32Array(n).fill(value).buffer),
  });
  const llama = tinyModel('Q4_0');
  const phi3 = tinyModel('F16', 'phi3');
  return [
    llama,
    { ...llama, tensors: { ...llama.tensors, 'rope_freqs.weight': factors(8, 1) } },
    { ...llama, metadata: { ...llama.metadata, 'llama.rope.freq_base': f32(500_000) } },
    tinyModel('F32', 'smollm3', 'gpt2'),
    tinyModel('BF16', 'gemma3'),
    {
      ...phi3,
      tensors: {
        ...phi3.tensors,
        'rope_factors_long.weight': factors(8, 2),
        'rope_factors_short.weight': factors(8, 1),
      },
    },
  ];
}

test(`${MUTATIONS} damaged files, SEED=${seed}`, async () => {
  const originals: { file: Uint8Array; header: number }[] = [];
  for (const parts of variants()) {
    const file = writeGguf(parts);
    const good = await openGgufCheckpoint([memorySource('m.gguf', file)]);
    originals.push({ file, header: Math.min(...[...good.tensors.values()].map((t) => t.offset)) });
  }
  const counts = { read: 0, refused: 0 };
  const codes = new Set<string>();
  for (let i = 0; i < MUTATIONS; i++) {
    const { file, header } = originals[i % originals.length] as (typeof originals)[number];
    const bytes = mutated(file, header);
    const { source, asked } = watched(bytes);
    try {
      const checkpoint = await openGgufCheckpoint([source]);
      counts.read++;
      for (const t of checkpoint.tensors.values())
        expect(t.offset + t.bytes).toBeLessThanOrEqual(bytes.length);
    } catch (error) {
      if (!(error instanceof EngineError) || error.who !== 'm.gguf' || error.where === undefined) {
        throw new Error(`mutation ${i} of SEED=${seed} ends in ${String(error)}`, { cause: error });
      }
      counts.refused++;
      codes.add(error.code);
    }
    expect(asked()).toBeLessThanOrEqual(2 * bytes.length);
  }
  expect(counts.refused).toBeGreaterThan(MUTATIONS / 10);
  expect(counts.read).toBeGreaterThan(MUTATIONS / 100);
  expect([...codes].filter((code) => !['checkpoint-damaged', 'model-unknown'].includes(code))).toEqual([]);
});
