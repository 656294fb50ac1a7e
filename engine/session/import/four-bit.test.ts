/**
 * Imports GPTQ, AWQ and MLC checkpoints as M0E4: the store must contain the published nibbles, and the weights must follow
 * each format's formula. The test packs the files by the formats' rules, one number at a time. What is stored by default:
 * engine/conformance/producers.test.ts.
 */
import { describe, expect, test } from 'vitest';
import { dequantiseCells } from '../../quant/cells/dequantise.ts';
import { dequantiseRows } from '../../quant/m0e4.ts';
import { f16Array, f32FromF16 } from '../../tensor/f16.ts';
import { seededRandom } from '../../tensor/random.ts';
import { AWQ_ORDER } from '../../weights/formats/quantised/columns-first.ts';
import { memoryFolder } from '../../weights/sources/memory-source.ts';
import { memoryStorage } from '../../weights/store/storage-memory.ts';
import { openStore } from '../../weights/store/store.ts';
import { storedWeights } from '../../weights/store/weight-reader.ts';
import { joinSafetensors, TINY_TOKENIZER } from '../../testing/tiny-checkpoint.ts';
import type { WeightProfile } from '../../weights/store/profiles.ts';
import { importModel } from './import.ts';

const CONFIG = {
  model_type: 'llama',
  vocab_size: 37,
  hidden_size: 128,
  intermediate_size: 256,
  num_hidden_layers: 1,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  head_dim: 32,
  max_position_embeddings: 64,
  tie_word_embeddings: true,
};
const LINEARS: Readonly<Record<string, readonly [rows: number, columns: number]>> = {
  'self_attn.q_proj': [128, 128],
  'self_attn.k_proj': [64, 128],
  'self_attn.v_proj': [64, 128],
  'self_attn.o_proj': [128, 128],
  'mlp.gate_proj': [256, 128],
  'mlp.up_proj': [256, 128],
  'mlp.down_proj': [128, 256],
};
const LAYER = 'model.layers.0';

/** A quantised matrix: w = scale·(q − zero). */
interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly group: number;
  q(n: number, k: number): number;
  scale(n: number, g: number): number;
  zero(n: number, g: number): number;
}

function matrix(rows: number, columns: number, group: number, seed: number, fixedZero?: number): Matrix {
  const random = seededRandom(seed);
  const make = (count: number, one: () => number) => Array.from({ length: count }, one);
  const q = make(rows * columns, () => Math.floor(random() * 16));
  const groups = columns / group;
  const scale = [...f16Array(make(rows * groups, () => 0.01 + random() / 20))].map(f32FromF16);
  const zero = make(rows * groups, () => fixedZero ?? 1 + Math.floor(random() * 15));
  return {
    rows,
    columns,
    group,
    q: (n, k) => q[n * columns + k] as number,
    scale: (n, g) => scale[n * groups + g] as number,
    zero: (n, g) => zero[n * groups + g] as number,
  };
}

interface Packed {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

function words(
  shape: readonly [number, number],
  nibble: (row: number, column: number, i: number) => number,
): Packed {
  const [rows, columns] = shape;
  const out = new Uint32Array(rows * columns);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      for (let i = 0; i < 8; i++) out[r * columns + c]! |= nibble(r, c, i) << (4 * i);
    }
  }
  return { dtype: 'I32', shape, bytes: new Uint8Array(out.buffer) };
}

function halves(shape: readonly number[], value: (i: number) => number): Packed {
  const values = Array.from({ length: shape.reduce((n, d) => n * d, 1) }, (_, i) => value(i));
  return { dtype: 'F16', shape, bytes: new Uint8Array(f16Array(values).buffer) };
}

const scalesOf = (m: Matrix) =>
  halves([m.columns / m.group, m.rows], (i) => m.scale(i % m.rows, Math.floor(i / m.rows)));

function gptq(m: Matrix): Record<string, Packed> {
  const groups = m.columns / m.group;
  const index = Int32Array.from({ length: m.columns }, (_, k) => Math.floor(k / m.group));
  return {
    qweight: words([m.columns / 8, m.rows], (r, n, i) => m.q(n, 8 * r + i)),
    qzeros: words([groups, m.rows / 8], (g, c, i) => m.zero(8 * c + i, g) - 1),
    scales: scalesOf(m),
    g_idx: { dtype: 'I32', shape: [m.columns], bytes: new Uint8Array(index.buffer) },
  };
}

function awq(m: Matrix): Record<string, Packed> {
  const groups = m.columns / m.group;
  return {
    qweight: words([m.columns, m.rows / 8], (k, c, i) => m.q(8 * c + AWQ_ORDER[i]!, k)),
    qzeros: words([groups, m.rows / 8], (g, c, i) => m.zero(8 * c + AWQ_ORDER[i]!, g)),
    scales: scalesOf(m),
  };
}

function safetensors(tensors: Readonly<Record<string, Packed>>): Uint8Array {
  let at = 0;
  const header = Object.entries(tensors).map(([name, { dtype, shape, bytes }]) => {
    at += bytes.length;
    return [name, { dtype, shape, data_offsets: [at - bytes.length, at] }];
  });
  const parts = Object.values(tensors).map((t) => t.bytes);
  return joinSafetensors(JSON.stringify(Object.fromEntries(header)), parts);
}

const one = (length: number) => halves([length], () => 1);
const PLAIN: Readonly<Record<string, Packed>> = {
  'model.embed_tokens.weight': halves([37, 128], (i) => Math.sin(i)),
  'model.norm.weight': one(128),
  [`${LAYER}.input_layernorm.weight`]: one(128),
  [`${LAYER}.post_attention_layernorm.weight`]: one(128),
};

async function imported(files: Record<string, Uint8Array | string>, weights: WeightProfile = 'm0e4') {
  const store = openStore(memoryStorage());
  const all = { 'tokenizer.json': JSON.stringify(TINY_TOKENIZER), ...files };
  const { id } = await importModel(memoryFolder('tiny', all), store, { weights });
  return await storedWeights(await store.open(id));
}

async function expectStored(
  stored: Awaited<ReturnType<typeof imported>>,
  name: string,
  m: Matrix,
  group: number,
) {
  const type = stored.type(name);
  expect([type?.dtype, type?.group, type?.shape]).toEqual(['m0e4', group, [m.rows, m.columns]]);
  const { data, scales } = await stored.read(name, 0, m.rows);
  const nibbles = new Uint32Array(data.slice().buffer);
  const pairs = new Uint32Array((scales as Uint8Array).slice().buffer);
  const weights = dequantiseRows({ nibbles, scales: pairs }, m.columns, group);
  for (let n = 0; n < m.rows; n++) {
    for (let k = 0; k < m.columns; k++) {
      const word = nibbles[(n * m.columns + k) >> 3] as number;
      const q = (word >>> (((k & 1) << 4) + ((k & 6) << 1))) & 15;
      if (q !== m.q(n, k)) expect.fail(`${name}[${n}, ${k}]: nibble ${q}, published ${m.q(n, k)}`);
      const g = Math.floor(k / m.group);
      const want = m.scale(n, g) * (q - m.zero(n, g));
      // b = −(16 + zero)·scale is rounded to f16; its magnitude is up to 31 scales.
      const off = Math.abs((weights[n * m.columns + k] as number) - want);
      if (off > 0.02 * m.scale(n, g)) expect.fail(`${name}[${n}, ${k}]: ${off} off`);
    }
  }
}

describe.each([
  ['gptq', 128, gptq],
  ['gptq', 32, gptq],
  ['awq', 128, awq],
  ['awq', 64, awq],
] as const)('%s in groups of %i', (method, group, pack) => {
  const matrices = Object.entries(LINEARS).map(
    ([name, [n, k]], i) => [`${LAYER}.${name}`, matrix(n, k, group, i)] as const,
  );
  const files = (quantization: object = {}) => ({
    'config.json': JSON.stringify({
      ...CONFIG,
      quantization_config: { quant_method: method, bits: 4, group_size: group, ...quantization },
    }),
    'model.safetensors': safetensors({
      ...PLAIN,
      ...Object.fromEntries(
        matrices.flatMap(([name, m]) => Object.entries(pack(m)).map(([k, v]) => [`${name}.${k}`, v])),
      ),
    }),
  });

  test('stores the published nibbles', async () => {
    const stored = await imported(files());
    for (const [name, m] of matrices) await expectStored(stored, `${name}.weight`, m, group);
    expect(stored.type('model.embed_tokens.weight')?.group).toBe(32);
  });
});

describe('MLC', () => {
  const fused: Readonly<Record<string, readonly [number, number]>> = {
    [`${LAYER}.self_attn.qkv_proj`]: [256, 128],
    [`${LAYER}.self_attn.o_proj`]: [128, 128],
    [`${LAYER}.mlp.gate_up_proj`]: [512, 128],
    [`${LAYER}.mlp.down_proj`]: [128, 256],
    'model.embed_tokens': [37, 128],
  };
  const matrices = Object.entries(fused).map(
    ([name, [n, k]], i) => [name, matrix(n, k, 32, 20 + i, 7)] as const,
  );
  const tensors: Record<string, Packed> = {};
  for (const [name, m] of matrices) {
    tensors[`${name}.q_weight`] = words([m.rows, m.columns / 8], (n, c, i) => m.q(n, 8 * c + i));
    const groups = m.columns / 32;
    tensors[`${name}.q_scale`] = halves([m.rows, groups], (i) => m.scale(Math.floor(i / groups), i % groups));
  }
  for (const [name, t] of Object.entries(PLAIN)) if (t.shape.length === 1) tensors[name] = t;
  const dtypes: Record<string, string> = { I32: 'uint32', F16: 'float16' };
  let at = 0;
  const records = Object.entries(tensors).map(([name, { dtype, shape, bytes }]) => {
    at += bytes.length;
    const place = { nbytes: bytes.length, byteOffset: at - bytes.length };
    return { name, shape, dtype: dtypes[dtype], format: 'f32-to-bf16', ...place };
  });
  const shard = new Uint8Array(at);
  for (const [i, { bytes }] of Object.values(tensors).entries()) shard.set(bytes, records[i]!.byteOffset);
  const { model_type, max_position_embeddings, ...sizes } = CONFIG;
  const files = (change: object = {}) => ({
    'mlc-chat-config.json': JSON.stringify({
      model_type,
      quantization: 'q4f16_1',
      model_config: { ...sizes, context_window_size: 64, position_embedding_base: 500000 },
      bos_token_id: 1,
      eos_token_id: [2],
      ...change,
    }),
    'tensor-cache.json': JSON.stringify({ records: [{ dataPath: 'params_shard_0.bin', records }] }),
    'params_shard_0.bin': shard,
  });

  const rowsOf = (m: Matrix, from: number, rows: number): Matrix => ({
    ...m,
    rows,
    q: (n, k) => m.q(from + n, k),
    scale: (n, g) => m.scale(from + n, g),
    zero: (n, g) => m.zero(from + n, g),
  });

  test('stores the published nibbles and splits fused matrices', async () => {
    const stored = await imported(files());
    const [qkv, o, gateUp, down, embed] = matrices.map(([, m]) => m) as Matrix[];
    const check = (name: string, m: Matrix) => expectStored(stored, `${name}.weight`, m, 32);
    await check(`${LAYER}.self_attn.q_proj`, rowsOf(qkv!, 0, 128));
    await check(`${LAYER}.self_attn.k_proj`, rowsOf(qkv!, 128, 64));
    await check(`${LAYER}.self_attn.v_proj`, rowsOf(qkv!, 192, 64));
    await check(`${LAYER}.self_attn.o_proj`, o!);
    await check(`${LAYER}.mlp.gate_proj`, rowsOf(gateUp!, 0, 256));
    await check(`${LAYER}.mlp.up_proj`, rowsOf(gateUp!, 256, 256));
    await check(`${LAYER}.mlp.down_proj`, down!);
    await check('model.embed_tokens', embed!);
  });

  test('by default scales and nibbles stay, embedding included, and the numbers are exact', async () => {
    const stored = await imported(files(), 'published');
    const [qkv, , , , embed] = matrices.map(([, m]) => m) as Matrix[];
    for (const [name, m] of [
      [`${LAYER}.self_attn.k_proj`, rowsOf(qkv!, 128, 64)],
      ['model.embed_tokens', embed!],
    ] as const) {
      expect(stored.type(`${name}.weight`)?.dtype).toBe('u4_f16z_32');
      const { data, scales } = await stored.read(`${name}.weight`, 0, m.rows);
      const rows = {
        main: new Uint32Array(data.slice().buffer),
        rest: new Uint32Array(scales!.slice().buffer),
      };
      const want = Array.from({ length: m.rows * m.columns }, (_, i) => {
        const [n, k] = [Math.floor(i / m.columns), i % m.columns];
        return m.scale(n, Math.floor(k / 32)) * (m.q(n, k) - 7);
      });
      expect([...dequantiseCells('u4_f16z_32', rows, m.columns)]).toEqual(want);
    }
  });

  test('splits the biases of a fused matrix', async () => {
    const renamed = records.map((r) => ({ ...r, name: r.name.replace('qkv_proj', 'c_attn') }));
    const bias = halves([256], (i) => i / 64);
    const more = {
      name: `${LAYER}.self_attn.c_attn.bias`,
      shape: [256],
      dtype: 'float16',
      nbytes: 512,
      byteOffset: 0,
    };
    const shards = [
      { dataPath: 'params_shard_0.bin', records: renamed },
      { dataPath: 'params_shard_1.bin', records: [more] },
    ];
    const stored = await imported({
      ...files({ model_type: 'qwen2' }),
      'ndarray-cache.json': JSON.stringify({ records: shards }),
      'tensor-cache.json': JSON.stringify({ records: shards }),
      'params_shard_1.bin': bias.bytes,
    });
    const { data } = await stored.read(`${LAYER}.self_attn.k_proj.bias`, 0, 1);
    expect([...new Float32Array(data.slice().buffer)]).toEqual(
      Array.from({ length: 64 }, (_, i) => (128 + i) / 64),
    );
  });

  test.each([
    ['model_type', { model_type: 'rwkv' }],
    ['quantization', { quantization: 'q3f16_1' }],
  ])('refuses another %s and names it', async (where, change) => {
    await expect(imported(files(change))).rejects.toMatchObject({ code: 'model-unknown', where });
  });

  test('refuses a shard that is too short or outside the folder', async () => {
    const short = { ...files(), 'params_shard_0.bin': shard.subarray(0, 1000) };
    await expect(imported(short)).rejects.toMatchObject({ code: 'checkpoint-damaged' });
    const index = JSON.stringify({ records: [{ dataPath: '../secret.bin', records }] });
    const outside = { ...files(), 'tensor-cache.json': index };
    await expect(imported(outside)).rejects.toMatchObject({ code: 'checkpoint-damaged', where: 'dataPath' });
  });
});
