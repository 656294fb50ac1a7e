/**
 * A quantised GGUF file keeps its bits by default: what the store holds of each tensor equals the formula of its type
 * (`engine/quant/ggml.ts`, itself equal to gguf-py bit by bit), and takes what it took in the file.
 */
import * as disk from 'node:fs';
import { expect, test } from 'vitest';
import { assets } from '../../scripts/testing/assets.ts';
import { runPasses } from '../graph/passes/index.ts';
import { buildModel } from '../models/index.ts';
import { dequantiseCells } from '../quant/cells/dequantise.ts';
import { GGML_TYPES, ggmlToF32 } from '../quant/ggml.ts';
import goldens from '../quant/goldens/ggml-blocks.json' with { type: 'json' };
import { importModel } from '../session/import/import.ts';
import { f32ArrayFromF16 } from '../tensor/f16.ts';
import { isCell } from '../tensor/cells.ts';
import { type GgufParts, type GgufTensorBytes, tinyModel, writeGguf } from '../testing/tiny-gguf.ts';
import { memoryFolder } from '../weights/sources/memory-source.ts';
import { memoryStorage } from '../weights/store/storage-memory.ts';
import { openStore } from '../weights/store/store.ts';
import { storedWeights } from '../weights/store/weight-reader.ts';

/** Names in the file and in the store. */
const MATRICES = {
  'token_embd.weight': 'model.embed_tokens.weight',
  'blk.0.attn_v.weight': 'model.layers.0.self_attn.v_proj.weight',
  'blk.0.ffn_gate.weight': 'model.layers.0.mlp.gate_proj.weight',
  'blk.0.ffn_down.weight': 'model.layers.0.mlp.down_proj.weight',
} as const;

const typeOf = (name: string) => [...GGML_TYPES.values()].find((t) => t.name === name)!;

/** The tensor with the blocks of gguf-py's golden, again and again, from another one on for each tensor. */
function filled({ type, shape, data }: GgufTensorBytes, first: number): GgufTensorBytes {
  const golden = goldens[type as keyof typeof goldens];
  if (golden === undefined) return { type, shape, data };
  const blocks = Buffer.from(golden.blocks, 'base64');
  const from = first * typeOf(type).bytes;
  return { type, shape, data: data.map((_, i) => blocks[(i + from) % blocks.length]!) };
}

const withBlocks = (parts: GgufParts): GgufParts => ({
  ...parts,
  tensors: Object.fromEntries(Object.entries(parts.tensors).map(([name, t], i) => [name, filled(t, i)])),
});

async function stored(file: Uint8Array) {
  const store = openStore(memoryStorage());
  const { id } = await importModel(memoryFolder('tiny', { 'm.gguf': file }), store);
  const opened = await store.open(id);
  const weights = await storedWeights(opened);
  const floats = async (name: string) => {
    const { dtype, shape } = weights.type(name)!;
    const { data, scales } = await weights.read(name, 0, shape[0] as number);
    const bytes = data.slice().buffer;
    if (dtype === 'f32') return { dtype, data: new Float32Array(bytes) };
    if (dtype === 'f16') return { dtype, data: f32ArrayFromF16(new Uint16Array(bytes)) };
    if (!isCell(dtype)) return expect.fail(`${name} is ${dtype}`);
    const rows = { main: new Uint32Array(bytes), rest: new Uint32Array(scales!.slice().buffer) };
    return { dtype, data: dequantiseCells(dtype, rows, shape[1] as number) };
  };
  return { manifest: opened.manifest, floats, weights };
}

const sameBits = (got: Float32Array, want: Float32Array) =>
  Buffer.compare(Buffer.from(got.buffer), Buffer.from(want.slice().buffer)) === 0;

test.each(Object.keys(goldens))('%s: every tensor has the numbers of the file', async (type) => {
  const parts = withBlocks(tinyModel(type, 'llama', 'llama', 256));
  const { manifest, floats } = await stored(writeGguf(parts));
  expect(manifest.weights).toBe('published');
  let [inFile, inStore] = [0, 0];
  for (const [name, published] of Object.entries(MATRICES)) {
    const { data } = parts.tensors[name]!;
    const got = await floats(published);
    expect(got.dtype).toBe(type.toLowerCase());
    expect(sameBits(got.data, ggmlToF32(typeOf(type), data)), name).toBe(true);
    inFile += data.length;
    const { sections } = manifest.tensors.find((t) => t.name === published)!;
    inStore += sections.reduce((sum, { bytes }) => sum + bytes, 0);
  }
  // Five of three values in a byte of TQ1_0 would need divisions; here each has two bits.
  const expected = type === 'TQ1_0' ? 66 / 54 : 1;
  expect(Math.abs(inStore / inFile / expected - 1)).toBeLessThan(0.05);
});

test('a file of several types keeps each, and q, k and v stay one product', async () => {
  const parts = tinyModel('Q4_K', 'llama', 'llama', 256);
  const as = (type: string, name: string): [string, GgufTensorBytes] => {
    const { shape } = parts.tensors[name]!;
    const { weights, bytes } = typeOf(type);
    const [rows, columns] = shape as [number, number];
    return [name, { type, shape, data: new Uint8Array(((rows * columns) / weights) * bytes) }];
  };
  const mixed = withBlocks({
    ...parts,
    tensors: {
      ...parts.tensors,
      ...Object.fromEntries([
        as('Q6_K', 'blk.0.attn_v.weight'),
        as('F16', 'token_embd.weight'),
        as('BF16', 'blk.0.attn_output.weight'),
        as('F32', 'blk.0.ffn_down.weight'),
      ]),
    },
  });
  const { manifest, weights } = await stored(writeGguf(mixed));
  const types = Object.fromEntries(manifest.tensors.map((t) => [t.name.split('.').at(-2), t.dtype]));
  expect(types).toMatchObject({
    q_proj: 'q4_k',
    k_proj: 'q4_k',
    v_proj: 'q6_k',
    embed_tokens: 'f16',
    o_proj: 'f16',
    down_proj: 'f32',
    gate_proj: 'q4_k',
  });
  const config = {
    ...{ model_type: 'llama', hidden_size: 256, intermediate_size: 512, num_hidden_layers: 1 },
    ...{ num_attention_heads: 2, num_key_value_heads: 1, vocab_size: 32, max_position_embeddings: 64 },
    ...{ rms_norm_eps: 1e-5, tie_word_embeddings: true, hidden_act: 'silu', rope_theta: 10000 },
  };
  const build = (kept: boolean) =>
    runPasses(
      buildModel(config, {
        activations: 'f32',
        weights: (name) =>
          kept ? { dtype: weights.type(name)!.dtype as 'q4_k' } : { dtype: 'm0e4', group: 32 },
        maxChunk: 8,
        capacity: 64,
      }).graph,
    );
  expect(build(true).nodes.map(({ op }) => op)).toEqual(build(false).nodes.map(({ op }) => op));
  const merged = build(true).values.find(({ type }) => type.zones !== undefined);
  expect(merged?.type.zones).toEqual([
    { dtype: 'q4_k', rows: 384 },
    { dtype: 'q6_k', rows: 128 },
  ]);
});

test('an unquantised file is converted, with embedding and head in 8 bits', async () => {
  const { manifest } = await stored(writeGguf(tinyModel('F16')));
  expect(manifest.weights).toBe('m0e4+q8-head');
  const types = Object.fromEntries(manifest.tensors.map((t) => [t.name.split('.').at(-2), t.dtype]));
  expect(types).toMatchObject({ embed_tokens: 'q8', q_proj: 'm0e4', down_proj: 'm0e4' });
});

/** Files with one matrix in a type of sixteen values, made elsewhere. */
test.for(['iq4_nl', 'mxfp4'] as const)('a published file with %s', async (type, t) => {
  const path = assets(`../cases/models/gguf/${type}.gguf`);
  if (path === undefined) return t.skip('../shared/cases is absent');
  const { floats, manifest } = await stored(new Uint8Array(disk.readFileSync(path)));
  const q = await floats('model.layers.0.self_attn.q_proj.weight');
  expect(q.dtype).toBe(type);
  expect(q.data.every((w) => Number.isFinite(w))).toBe(true);
  expect((await floats('model.layers.0.self_attn.k_proj.weight')).dtype).toBe('f32');
  expect(manifest.weights).toBe('published');
});
