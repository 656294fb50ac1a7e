import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { describeWithAssets } from '../../../scripts/testing/assets.ts';
import { f32ArrayFromF16, roundToF16 } from '../../tensor/f16.ts';
import { openSafetensors } from '../formats/safetensors.ts';
import { memorySource } from '../sources/memory-source.ts';
import type { ByteSource } from '../sources/byte-source.ts';
import type { CheckpointTensor } from '../formats/checkpoint-tensor.ts';
import { openGgufCheckpoint } from './checkpoint.ts';
import {
  f32,
  type GgufParts,
  type GgufTensorBytes,
  text,
  tinyModel,
  u32,
  writeGguf,
} from '../../testing/tiny-gguf.ts';

const open = (bytes: Uint8Array) => openGgufCheckpoint([memorySource('m.gguf', bytes)]);

async function floats(t: CheckpointTensor): Promise<Float32Array> {
  const bytes = await t.source.read(t.offset, t.bytes);
  return (t.rows ?? expect.fail()).widen(new Uint8Array(bytes));
}

function same(got: Float32Array, want: Float32Array): void {
  expect(got.length).toBe(want.length);
  expect(Buffer.compare(Buffer.from(got.slice().buffer), Buffer.from(want.slice().buffer))).toBe(0);
}

describe('a small model', () => {
  const random = Float32Array.from({ length: 32 * 32 }, (_, i) => Math.sin(i * i));
  const f32Tensor = (shape: number[], values: Float32Array): GgufTensorBytes => ({
    type: 'F32',
    shape,
    data: new Uint8Array(values.slice().buffer),
  });
  const withQ = (parts: GgufParts): GgufParts => ({
    ...parts,
    tensors: { ...parts.tensors, 'blk.0.attn_q.weight': f32Tensor([32, 32], random) },
  });

  test('llama: restores the order of the rows of q, in partial reads too', async () => {
    const { tensors } = await open(writeGguf(withQ(tinyModel())));
    const q = tensors.get('model.layers.0.self_attn.q_proj.weight') ?? expect.fail();
    // The converter does [heads, 2, D/2, K] → [heads, D/2, 2, K].
    const want = new Float32Array(32 * 32);
    for (let head = 0; head < 2; head++)
      for (let j = 0; j < 2; j++)
        for (let i = 0; i < 8; i++)
          want.set(
            random.subarray((head * 16 + 2 * i + j) * 32).subarray(0, 32),
            (head * 16 + j * 8 + i) * 32,
          );
    same(await floats(q), want);
    const all = new Uint8Array(want.buffer);
    for (const [from, length] of [
      [0, 1],
      [5, 3000],
      [2047, 2],
      [2048, 2048],
      [4000, 96],
      [17, 0],
    ] as const) {
      expect(await q.source.read(q.offset + from, length)).toEqual(all.subarray(from, from + length));
    }
    // A read across the borders leaves the neighbouring tensors unchanged.
    const wide = await q.source.read(q.offset - 40, q.bytes + 80);
    expect(wide.subarray(40, 40 + q.bytes)).toEqual(all);
    expect(wide.subarray(0, 40)).toEqual(new Uint8Array(40));
  });

  test('qwen2: keeps the order of the rows of q', async () => {
    const { tensors } = await open(writeGguf(withQ(tinyModel('F32', 'qwen2'))));
    same(await floats(tensors.get('model.layers.0.self_attn.q_proj.weight') ?? expect.fail()), random);
  });

  test('gemma: subtracts the 1 that the converter added, from norms only', async () => {
    const parts = tinyModel('F32', 'gemma3');
    const ones = f32Tensor([32], new Float32Array(32).fill(1.25));
    const { tensors, config } = await open(
      writeGguf(withQ({ ...parts, tensors: { ...parts.tensors, 'output_norm.weight': ones } })),
    );
    same(await floats(tensors.get('model.norm.weight') ?? expect.fail()), new Float32Array(32).fill(0.25));
    same(await floats(tensors.get('model.layers.0.self_attn.q_proj.weight') ?? expect.fail()), random);
    expect(tensors.has('model.layers.0.pre_feedforward_layernorm.weight')).toBe(true);
    expect(config.model_type).toBe('gemma3_text');
  });

  test('gives no row format for a type that cannot be read', async () => {
    const { tensors } = await open(writeGguf(tinyModel('Q8_1')));
    const q = tensors.get('model.layers.0.self_attn.q_proj.weight');
    expect(q).toMatchObject({ dtype: 'Q8_1' });
    expect(q?.rows).toBeUndefined();
  });

  test('the sampling that a file recommends becomes that of generation_config.json', async () => {
    const parts = tinyModel();
    const metadata = {
      ...parts.metadata,
      'general.sampling.temp': f32(0.6),
      'general.sampling.top_k': u32(20),
      'general.sampling.top_p': f32(0.95),
      'general.sampling.mirostat': u32(1),
      'general.sampling.min_p': text('no number'),
    };
    const { files } = await open(writeGguf({ ...parts, metadata }));
    const generation = JSON.parse(new TextDecoder().decode(files.get('generation_config.json')));
    expect(generation).toMatchObject({ temperature: 0.6, top_k: 20, top_p: 0.95 });
    expect(Object.keys(generation)).not.toContain('min_p');
  });

  test('names the metadata key of a model that cannot be run', async () => {
    const refused = (key: string, value: ReturnType<typeof u32>) => {
      const parts = tinyModel();
      return open(writeGguf({ ...parts, metadata: { ...parts.metadata, [key]: value } }));
    };
    await expect(refused('general.architecture', text('mamba'))).rejects.toMatchObject({
      code: 'model-unknown',
      who: 'm.gguf',
      where: 'key general.architecture',
      expected: expect.stringContaining('llama'),
      got: 'mamba',
    });
    await expect(refused('llama.expert_count', u32(8))).rejects.toMatchObject({ code: 'model-unknown' });
    await expect(refused('llama.rope.dimension_count', u32(8))).rejects.toMatchObject({
      code: 'model-unknown',
    });
    await expect(refused('llama.block_count', u32(0))).rejects.toMatchObject({ code: 'checkpoint-damaged' });
    await expect(refused('llama.block_count', u32(1e9))).rejects.toMatchObject({
      code: 'checkpoint-damaged',
    });
    await expect(refused('llama.context_length', text('8'))).rejects.toMatchObject({
      code: 'checkpoint-damaged',
      where: 'key llama.context_length',
      expected: 'a whole number',
      got: '8',
    });
  });
});

describeWithAssets(
  'stories260K',
  ['models/stories260K-gguf', 'models/stories260K-hf-f32', 'models/stories260K-hf-f16'],
  (gguf, hf, hf16) => {
    const file = (name: string) => readFileSync(`${gguf}/stories260K.v3.${name}.gguf`);
    const safetensors = async (folder: string) => {
      const bytes = readFileSync(`${folder}/model.safetensors`);
      const { entries } = await openSafetensors(memorySource('model.safetensors', bytes));
      return new Map(
        entries.map((e) => [e.name, new Uint8Array(bytes.subarray(e.offset, e.offset + e.bytes))]),
      );
    };

    test('f32: every tensor equals that of the safetensors, bit for bit', async () => {
      const { tensors } = await open(file('f32'));
      const published = await safetensors(hf as string);
      for (const [name, bytes] of published) {
        same(await floats(tensors.get(name) ?? expect.fail(name)), new Float32Array(bytes.buffer));
      }
      expect([...tensors.keys()].filter((name) => !published.has(name))).toEqual(['lm_head.weight']);
    });

    test('f16: every tensor equals that of the f16 safetensors', async () => {
      const { tensors } = await open(file('f16'));
      const published = await safetensors(hf as string);
      const halves = await safetensors(hf16 as string);
      for (const [name, bytes] of halves) {
        const t = tensors.get(name) ?? expect.fail(name);
        const exact = new Float32Array((published.get(name) as Uint8Array).buffer);
        // The f16 checkpoint stores its norms in f16 too.
        const want =
          t.shape.length === 1 ? exact.map(roundToF16) : f32ArrayFromF16(new Uint16Array(bytes.buffer));
        same((await floats(t)).map(roundToF16), want);
      }
    });

    test('the config agrees with config.json', async () => {
      const { config, files } = await open(file('f32'));
      const published = JSON.parse(readFileSync(`${hf}/config.json`, 'utf8'));
      for (const key of Object.keys(config)) {
        // The GGUF contains a second copy of the embedding as its output.
        if (key !== 'tie_word_embeddings') expect([key, config[key]]).toEqual([key, published[key]]);
      }
      expect(config.tie_word_embeddings).toBe(false);
      expect([...files.keys()]).toEqual([
        'config.json',
        'tokenizer.json',
        'tokenizer_config.json',
        'generation_config.json',
      ]);
    });

    test('accepts a stream in small pieces', async () => {
      const inner = memorySource('m.gguf', file('q8_0'));
      const smallPieces: ByteSource = {
        ...inner,
        async *stream(offset, length) {
          for (let at = 0; at < length; at += 37)
            yield await inner.read(offset + at, Math.min(37, length - at));
        },
      };
      const [a, b] = [await openGgufCheckpoint([inner]), await openGgufCheckpoint([smallPieces])];
      for (const [name, t] of a.tensors)
        same(await floats(b.tensors.get(name) ?? expect.fail()), await floats(t));
    });
  },
);
