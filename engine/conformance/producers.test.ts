/**
 * Weights of few bits as the Python packages of their producers write them (scripts/goldens/producers.py): an import keeps
 * their bits, and what the store holds are the numbers that the package itself makes of them, bit by bit.
 */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { dequantiseCells } from '../quant/cells/dequantise.ts';
import goldens from '../quant/goldens/producers.json' with { type: 'json' };
import { importModel } from '../session/import/import.ts';
import { isCell } from '../tensor/cells.ts';
import { f16Array, f32ArrayFromF16 } from '../tensor/f16.ts';
import { joinSafetensors, TINY_TOKENIZER } from '../testing/tiny-checkpoint.ts';
import { openCheckpoint } from '../weights/checkpoint.ts';
import { memoryFolder } from '../weights/sources/memory-source.ts';
import { memoryStorage } from '../weights/store/storage-memory.ts';
import { openStore } from '../weights/store/store.ts';
import { storedWeights } from '../weights/store/weight-reader.ts';

interface Part {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: string;
}

interface Golden {
  readonly config: Readonly<Record<string, unknown>>;
  readonly parts: Readonly<Record<string, Part | undefined>>;
  readonly first: readonly number[];
  readonly sha256?: string;
  readonly weights?: string;
}

const CONFIG = {
  model_type: 'llama',
  vocab_size: 37,
  hidden_size: 128,
  intermediate_size: 64,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  num_key_value_heads: 1,
  head_dim: 16,
  max_position_embeddings: 64,
  tie_word_embeddings: true,
};
const LAYER = 'model.layers.0';
/** The matrix of the golden. */
const MODULE = `${LAYER}.self_attn.q_proj`;
/** What the producers leave as it was. */
const PLAIN: Readonly<Record<string, readonly number[]>> = {
  'model.embed_tokens.weight': [37, 128],
  'model.norm.weight': [128],
  [`${LAYER}.input_layernorm.weight`]: [128],
  [`${LAYER}.post_attention_layernorm.weight`]: [128],
  [`${LAYER}.self_attn.k_proj.weight`]: [16, 128],
  [`${LAYER}.self_attn.v_proj.weight`]: [16, 128],
  [`${LAYER}.self_attn.o_proj.weight`]: [128, 32],
  [`${LAYER}.mlp.gate_proj.weight`]: [64, 128],
  [`${LAYER}.mlp.up_proj.weight`]: [64, 128],
  [`${LAYER}.mlp.down_proj.weight`]: [128, 64],
};

function filesOf({ config, parts }: Golden, change: object = {}) {
  const halves = Object.entries(PLAIN).map(([name, shape]) => {
    const count = shape.reduce((n, d) => n * d, 1);
    const numbers = f16Array(Float32Array.from({ length: count }, (_, i) => Math.sin(i)));
    return { name, dtype: 'F16', shape, bytes: Buffer.from(numbers.buffer) };
  });
  const own = Object.entries(parts).flatMap(([name, part]) =>
    part === undefined
      ? []
      : [{ name: `${MODULE}.${name}`, ...part, bytes: Buffer.from(part.data, 'base64') }],
  );
  let at = 0;
  const header = [...halves, ...own].map(({ name, dtype, shape, bytes }) => {
    at += bytes.length;
    return [name, { dtype, shape, data_offsets: [at - bytes.length, at] }];
  });
  const isMlx = config.quant_method === undefined;
  return {
    'config.json': JSON.stringify({
      ...CONFIG,
      ...(isMlx ? { quantization: { ...config, ...change } } : {}),
      quantization_config: { ...config, ...change },
    }),
    'tokenizer.json': JSON.stringify(TINY_TOKENIZER),
    'model.safetensors': joinSafetensors(
      JSON.stringify(Object.fromEntries(header)),
      [...halves, ...own].map(({ bytes }) => bytes),
    ),
  };
}

async function stored(files: Record<string, string | Uint8Array>) {
  const store = openStore(memoryStorage());
  const { id } = await importModel(memoryFolder('tiny', files), store);
  const opened = await store.open(id);
  const weights = await storedWeights(opened);
  const { dtype, shape } = weights.type(`${MODULE}.weight`)!;
  const { data, scales } = await weights.read(`${MODULE}.weight`, 0, shape[0] as number);
  const bytes = data.slice().buffer;
  const numbers = isCell(dtype)
    ? dequantiseCells(
        dtype,
        { main: new Uint32Array(bytes), rest: new Uint32Array(scales!.slice().buffer) },
        shape[1] as number,
      )
    : f32ArrayFromF16(new Uint16Array(bytes));
  return { dtype, numbers, profile: opened.manifest.weights };
}

/** The type in the store, which says that bits and scales are the published ones. */
const CELLS: Readonly<Record<string, string>> = {
  'gptq 4 bits, groups of 128': 'u4_f16z_128',
  'gptq 4 bits, groups of 32': 'u4_f16z_32',
  'gptq 8 bits, groups of 32': 'u8_f16z_32',
  'gptq 3 bits, groups of 128': 'u3_f16z_128',
  'gptq 2 bits, groups of 64': 'u2_f16z_64',
  'gptq_v2 4 bits': 'u4_f16z_64',
  'gptq desc_act': 'f16',
  'awq 4 bits, groups of 128': 'u4_f16z_128',
  'awq 4 bits, groups of 64': 'u4_f16z_64',
  'auto-round in the packing of awq': 'u4_f16z_128',
  'auto-round as auto_round:auto_gptq': 'u4_f16z_128',
  'auto-round as auto_round': 'u4_f16z_128',
  'auto-round as auto_round:gptqmodel': 'u4_f16z_128',
  'auto-round of 2 bits in a mixture': 'u2_f16z_32',
  'auto-round of 5 bits in a mixture': 'u5_f16z_32',
  'auto-round of 6 bits in a mixture': 'u6_f16z_32',
  'mlx 4 bits, groups of 64, F16': 'u4_f16_64',
  'mlx 4 bits, groups of 64, BF16': 'u4_bf16_64',
  'mlx 4 bits, groups of 32, F32': 'u4_f32_32',
  'mlx 8 bits, groups of 64, BF16': 'u8_bf16_64',
  'mlx 6 bits, groups of 128, F16': 'u6_f16_128',
  'mlx 5 bits, groups of 32, BF16': 'u5_bf16_32',
  'mlx 3 bits, groups of 64, F16': 'u3_f16_64',
  'mlx 2 bits, groups of 64, F16': 'u2_f16_64',
  'compressed-tensors pack-quantized, 4 bits by group, BF16': 'u4_bf16z_128',
  'compressed-tensors pack-quantized, 4 bits by group, zeros, BF16': 'u4_bf16z_32',
  'compressed-tensors pack-quantized, 8 bits by channel, F16': 'u8_f16z_128',
  'compressed-tensors pack-quantized, 3 bits by group, zeros, F16': 'u3_f16z_64',
  'compressed-tensors int-quantized, 8 bits by channel, BF16': 'u8_bf16z_128',
  'compressed-tensors float-quantized, 8 bits by channel, BF16': 'e4m3_128',
  'compressed-tensors float-quantized, 8 bits by tensor, F32': 'e4m3_128',
  'bitsandbytes nf4, blocks of 64': 'nf4',
  'bitsandbytes nf4, blocks of 64, double': 'nf4',
  'bitsandbytes nf4, blocks of 256, double': 'nf4',
  'bitsandbytes fp4, blocks of 64': 'fp4',
  'bitsandbytes int8': 'u8_f32_128',
  'fp8, a scale for the matrix': 'e4m3_128',
  'fp8, a scale for each row': 'e4m3_128',
  'fp8, a scale for each block': 'e4m3_64',
};
const DENIED = 'gptq desc_act that config.json denies';
const byName = goldens as unknown as Readonly<Record<string, Golden>>;

test('every golden has its type in the store', () => {
  expect(Object.keys(goldens).sort()).toEqual([...Object.keys(CELLS), DENIED].sort());
});

test.each(Object.entries(CELLS))(
  '%s: the bits stay, and the numbers are those of the package',
  async (name, cell) => {
    const golden = byName[name]!;
    const { dtype, numbers, profile } = await stored(filesOf(golden));
    expect([dtype, profile]).toEqual([cell, 'published']);
    if (golden.weights === undefined) {
      expect([...numbers.subarray(0, 4)]).toEqual(golden.first);
      expect(createHash('sha256').update(new Uint8Array(numbers.buffer)).digest('hex')).toBe(golden.sha256);
      return;
    }
    // The package rounds a step to f32 of its own (1/127; a product before a sum): the last bits may differ.
    const want = new Float32Array(Uint8Array.from(Buffer.from(golden.weights, 'base64')).buffer);
    const largest = want.reduce((most, w) => Math.max(most, Math.abs(w)), 0);
    const far = numbers.findIndex((w, i) => !(Math.abs(w - want[i]!) <= 2 ** -23 * largest));
    expect(far).toBe(-1);
  },
);

test.each([
  ['a module of its own bits', { bits: 8, group_size: 32, [MODULE]: { bits: 4, group_size: 64 } }],
  ['null, which is 64 to MLX', { bits: 8, group_size: 32, [MODULE]: { bits: 4, group_size: null } }],
  ['a module that stays', { [`${LAYER}.self_attn.k_proj`]: false }],
])('a mixture of MLX: %s', async (_, change) => {
  const { dtype, numbers } = await stored(filesOf(byName['mlx 4 bits, groups of 64, BF16']!, change));
  expect(dtype).toBe('u4_bf16_64');
  expect([...numbers.subarray(0, 4)]).toEqual(byName['mlx 4 bits, groups of 64, BF16']!.first);
});

test('the section of MLX under the key of transformers alone', async () => {
  const files = filesOf(byName['mlx 4 bits, groups of 64, F16']!);
  const { quantization, ...config } = JSON.parse(files['config.json']);
  const { dtype } = await stored({ ...files, 'config.json': JSON.stringify(config) });
  expect([quantization.bits, dtype]).toEqual([4, 'u4_f16_64']);
});

test('an import of quantised matrices from tagged files can go on', async () => {
  const { 'model.safetensors': file, ...small } = filesOf(byName['bitsandbytes nf4, blocks of 64, double']!);
  const folder = memoryFolder('tiny', { ...small, 'model.safetensors': file });
  const { tensors } = await openCheckpoint({
    ...folder,
    open: async (name) => {
      const source = await folder.open(name);
      return source && { ...source, tag: 'of this version' };
    },
  });
  expect(tensors.get(`${MODULE}.weight`)?.source.tag).toBe('of this version');
});

test('columns in another order than config.json says are refused', async () => {
  await expect(stored(filesOf(byName[DENIED]!))).rejects.toMatchObject({
    code: 'model-unknown',
    where: expect.stringContaining('g_idx'),
    message: expect.stringContaining('desc_act'),
  });
});

describe('what is refused is named with its producer and the way out', () => {
  const nf4 = byName['bitsandbytes nf4, blocks of 64']!;
  test.each([
    [{ quant_method: 'hqq' }, 'HQQ'],
    [{ quant_method: 'aqlm' }, 'AQLM'],
    [{ quant_method: 'quanto' }, 'Quanto'],
    [{ quant_method: 'torchao' }, 'torchao'],
    [{ quant_method: 'exl2' }, 'ExLlamaV2'],
    [{ quant_method: 'exl3' }, 'ExLlamaV3'],
    [{ quant_method: 'eetq' }, 'EETQ'],
    [{ quant_method: 'higgs' }, 'HIGGS'],
    [{ quant_method: 'spqr' }, 'SpQR'],
    [{ quant_method: 'vptq' }, 'VPTQ'],
    [{ quant_method: 'bitnet', quantization_mode: 'online' }, 'BitNet that is rounded'],
    [{ quant_method: 'quark' }, 'AMD Quark'],
    [{ quant_method: 'fp_quant' }, 'FP-Quant'],
    [{ quant_method: 'mxfp4' }, 'MXFP4'],
    [{ quant_method: 'modelopt', quant_algo: 'NVFP4' }, 'ModelOpt as NVFP4'],
    [{ quant_method: 'someone-new' }, 'someone-new'],
    [{ quant_method: 'gptq', checkpoint_format: 'marlin' }, 'marlin'],
    [{ quant_method: 'awq', version: 'gemv' }, 'AWQ of version gemv'],
    [{ quant_method: 'auto-round', data_type: 'mx_fp' }, 'auto-round in mx_fp'],
    [{ quant_method: 'compressed-tensors', format: 'nvfp4-pack-quantized' }, 'nvfp4-pack-quantized'],
    [{ quant_method: 'compressed-tensors', sparsity_config: { format: 'sparse-24-bitmask' } }, 'sparse'],
    [{ quant_method: 'compressed-tensors', transform_config: { config_groups: { R1: {} } } }, 'rotations'],
  ])('%j', async (change, producer) => {
    await expect(stored(filesOf(nf4, change))).rejects.toMatchObject({
      code: 'model-unknown',
      who: 'config.json',
      where: expect.stringMatching(/^quantization_config\./),
      message: expect.stringMatching(
        new RegExp(`${producer}.*cannot be read; take the repository.*GGUF`, 's'),
      ),
    });
  });

  test('MLX in a mode of floats', async () => {
    const golden = byName['mlx 4 bits, groups of 64, F16']!;
    await expect(stored(filesOf(golden, { mode: 'nvfp4' }))).rejects.toMatchObject({
      code: 'model-unknown',
      message: expect.stringContaining('MLX in the mode nvfp4'),
    });
  });
});

describe('damaged parts are named', () => {
  test.each([
    ['gptq 4 bits, groups of 128', 'qzeros', { shape: [2, 2] }],
    ['gptq 4 bits, groups of 128', 'scales', undefined],
    ['mlx 4 bits, groups of 64, F16', 'biases', undefined],
    [
      'bitsandbytes nf4, blocks of 64',
      'weight.absmax',
      { shape: [32], data: Buffer.alloc(128).toString('base64') },
    ],
    ['compressed-tensors pack-quantized, 4 bits by group, BF16', 'weight_scale', undefined],
    ['fp8, a scale for each block', 'weight_scale_inv', { shape: [2, 1] }],
  ])('%s: %s', async (name, part, change) => {
    const golden = byName[name]!;
    const own = golden.parts[part]!;
    const parts = { ...golden.parts, [part]: change && { ...own, ...change } };
    await expect(stored(filesOf({ ...golden, parts }))).rejects.toMatchObject({ code: 'checkpoint-damaged' });
  });

  test('a state of bitsandbytes with a shape that its weights do not have', async () => {
    const golden = byName['bitsandbytes nf4, blocks of 64']!;
    const state = new TextEncoder().encode(JSON.stringify({ blocksize: 64, shape: [1e9, 1e9] }));
    const name = 'weight.quant_state.bitsandbytes__nf4';
    const part = { dtype: 'U8', shape: [state.length], data: Buffer.from(state).toString('base64') };
    await expect(
      stored(filesOf({ ...golden, parts: { ...golden.parts, [name]: part } })),
    ).rejects.toMatchObject({
      code: 'checkpoint-damaged',
      where: `tensor ${MODULE}.weight`,
    });
  });

  test('a weight in FP8 that is not a number', async () => {
    const golden = byName['fp8, a scale for the matrix']!;
    const data = Buffer.from(golden.parts.weight!.data, 'base64');
    data[130] = 0x7f;
    const parts = { ...golden.parts, weight: { ...golden.parts.weight!, data: data.toString('base64') } };
    await expect(stored(filesOf({ ...golden, parts }))).rejects.toMatchObject({
      code: 'checkpoint-damaged',
      where: `tensor ${MODULE}.weight, row 1, column 2`,
    });
  });
});
