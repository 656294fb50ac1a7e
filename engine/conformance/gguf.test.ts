/**
 * GGUF files from bytes to tokens without a GPU: import, store, load, generate. Goldens as in `golden.test.ts`: the f16
 * file equals the f32 golden in 201 of 201 tokens, q8_0 in its first 115.
 */
import * as disk from 'node:fs';
import { expect, test } from 'vitest';
import { describeWithAssets } from '../../scripts/testing/assets.ts';
import { GGML_TYPES, ggmlToF32 } from '../quant/ggml.ts';
import { dequantiseRows, m0e4Layout } from '../quant/m0e4.ts';
import { seededRandom } from '../tensor/random.ts';
import type { WeightProfile } from '../weights/store/profiles.ts';
import { type GgufTensorBytes, tinyModel, withRandomBlocks, writeGguf } from '../testing/tiny-gguf.ts';
import type { CheckpointFolder } from '../weights/sources/byte-source.ts';
import { memoryFolder } from '../weights/sources/memory-source.ts';
import { memoryStorage } from '../weights/store/storage-memory.ts';
import { openStore } from '../weights/store/store.ts';
import { storedWeights } from '../weights/store/weight-reader.ts';
import { importModel } from '../session/import/import.ts';
import { CPU_FACTS, interpreterRuntime } from '../testing/interpreter-runtime.ts';
import { loadWith } from '../session/load.ts';
import { furthest, goldenOf, STORIES, storiesFolder } from '../testing/stories.ts';

async function imported(folder: CheckpointFolder, weights: WeightProfile) {
  const store = openStore(memoryStorage());
  const { id } = await importModel(folder, store, { weights });
  const opened = await store.open(id);
  const rows = await storedWeights(opened);
  const floats = async (name: string) => {
    const type = rows.type(name) ?? expect.fail(name);
    const shape = type.shape as number[];
    const columns = shape.at(-1) as number;
    const count = shape.length === 1 ? 1 : (shape[0] as number);
    const { data, scales } = await rows.read(name, 0, count);
    if (type.dtype !== 'm0e4') return { data: new Float32Array(data.slice().buffer), columns };
    const nibbles = new Uint32Array(data.slice().buffer);
    const stored = { nibbles, scales: new Uint32Array((scales as Uint8Array).slice().buffer) };
    return { data: dequantiseRows(stored, columns, type.group as number), columns, nibbles };
  };
  const load = () => loadWith(store, id, { activations: 'f32' }, {}, CPU_FACTS, interpreterRuntime);
  return { manifest: opened.manifest, floats, load };
}

describeWithAssets('stories260K', ['models/stories260K-gguf', ...STORIES], (gguf, ...paths) => {
  const file = (name: string) =>
    memoryFolder('stories', {
      'm.gguf': new Uint8Array(disk.readFileSync(`${gguf}/stories260K.v3.${name}.gguf`)),
    });
  const golden = goldenOf(disk, paths, 'f32');

  test.each(['f32', 'm0e4'] as const)(
    'an f32 file stored as %s gives the same bytes as safetensors',
    async (weights) => {
      const ours = await imported(file('f32'), weights);
      const theirs = await imported(storiesFolder(disk, paths[0] as string), weights);
      const names = theirs.manifest.tensors.map((t) => t.name);
      expect(ours.manifest.tensors.map((t) => t.name).sort()).toEqual([...names, 'lm_head.weight'].sort());
      const sums = (m: typeof ours.manifest) =>
        new Map(m.tensors.map((t) => [t.name, t.sections.map((s) => s.checksum)]));
      for (const name of names)
        expect([name, sums(ours.manifest).get(name)]).toEqual([name, sums(theirs.manifest).get(name)]);
      expect((await ours.floats('model.norm.weight')).data).toEqual(
        (await theirs.floats('model.norm.weight')).data,
      );
    },
  );

  // The last number is the tolerance of logits, which are around 10; measured 1e-6, 0.0041 and 0.146.
  test.each([
    ['f32', 200, 1e-4],
    ['f16', 200, 0.01],
    ['q8_0', 114, 0.2],
  ] as const)('%s gives the golden tokens', async (name, tokens, tolerance) => {
    const model = await (await imported(file(name), 'f32')).load();
    const bos = await model.generate({
      prompt: { kind: 'text', text: '' },
      maxTokens: tokens,
      ignoreEos: true,
    });
    expect(bos.ids).toEqual(golden.bos_greedy_ids.slice(1, tokens + 1));
    const { logits } = await model.logits({ kind: 'text', text: '' });
    expect(furthest(logits, golden.bos_first_logits)).toBeLessThan(tolerance);
    const [first] = golden.prompts;
    expect((await model.logits({ kind: 'text', text: first?.prompt ?? '' })).ids).toEqual(first?.prompt_ids);
  });
});

test.each(['Q4_0', 'Q4_1'])('%s: the store contains the nibbles of the file', async (type) => {
  const blocks = [...GGML_TYPES.values()].find((t) => t.name === type) ?? expect.fail(type);
  const parts = withRandomBlocks(tinyModel(type), seededRandom(5));
  const { tensors } = parts;
  const { floats } = await imported(memoryFolder('tiny', { 'm.gguf': writeGguf(parts) }), 'm0e4');
  for (const [published, name] of [
    ['model.layers.0.self_attn.v_proj.weight', 'blk.0.attn_v.weight'],
    ['model.layers.0.mlp.down_proj.weight', 'blk.0.ffn_down.weight'],
    ['model.embed_tokens.weight', 'token_embd.weight'],
  ] as const) {
    const { data } = tensors[name] as GgufTensorBytes;
    const want = ggmlToF32(blocks, data);
    const { data: got, nibbles, columns } = await floats(published);
    const words = m0e4Layout(columns, 32).words;
    const head = blocks.bytes - 16;
    for (let i = 0; i < want.length; i++) {
      const block = Math.floor(i / 32);
      const byte = data[block * blocks.bytes + head + (i & 15)] as number;
      const q = i % 32 < 16 ? byte & 15 : byte >> 4;
      const word = (nibbles as Uint32Array)[Math.floor(i / columns) * words + ((i % columns) >> 3)] as number;
      if (((word >>> (((i & 1) << 4) + ((i & 6) << 1))) & 15) !== q) expect.fail(`${name}, weight ${i}`);
    }
    // The f16 scales are below 2^-4 here, so s and b are below 2, and rounding them moves no weight further than this.
    expect(furthest(got, want)).toBeLessThan(2 ** -4 / 32);
  }
});

test('refuses a model whose weights cannot be read before anything is stored', async () => {
  const store = openStore(memoryStorage());
  const folder = memoryFolder('tiny', { 'm.gguf': writeGguf(tinyModel('Q8_1')) });
  await expect(importModel(folder, store)).rejects.toMatchObject({
    code: 'checkpoint-mismatch',
    who: 'm.gguf',
    expected: expect.stringContaining('Q6_K'),
    got: 'Q8_1',
  });
  expect(await store.list()).toEqual([]);
});
