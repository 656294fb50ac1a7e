/**
 * Encoders against transformers with PyTorch, on tiny checkpoints: all passages in one run here, each alone there. With all passes
 * and without each of them; the goldens come from scripts/goldens/torch_encoders.py.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { PASSES, runPasses } from '../graph/passes/index.ts';
import type { Encoder } from '../runtime/index.ts';
import { loadEmbedderWith } from '../session/embed/load-embedder.ts';
import { importModel } from '../session/import/import.ts';
import { interpreterEncoder } from '../testing/interpreter-encoder.ts';
import { CPU_FACTS } from '../testing/interpreter-runtime.ts';
import { furthest } from '../testing/stories.ts';
import { tinyFamilyTensors } from '../testing/tiny-families.ts';
import { writeSafetensors } from '../testing/tiny-checkpoint.ts';
import { tinyFamilyGguf } from '../testing/tiny-family/files.ts';
import { PASSAGES, TINY_ENCODERS, tinyEncoderFiles } from '../testing/tiny-encoders.ts';
import { memoryFolder } from '../weights/sources/memory-source.ts';
import { memoryStorage } from '../weights/store/storage-memory.ts';
import { openStore } from '../weights/store/store.ts';

/** Sums in f32 in another order, of numbers up to 20. */
const SUMS = 1e-4;
/** Dispatches of a run with all passes: 7 a layer of BERT and of Gemma 3, and 10 of EmbeddingGemma 2, which has a third block. */
const NODES: Readonly<Record<string, number>> = {
  bert: 4 + 2 * 7 + 1,
  'embedding-gemma': 1 + 7 * 7 + 4,
  'embedding-gemma2': 3 + 7 * 10 + 3,
};

describe.each(TINY_ENCODERS)('$name', (family) => {
  const golden = JSON.parse(readFileSync(family.golden, 'utf8'));
  const want = golden.transformers.vectors as number[][];

  const files: Record<string, Uint8Array | string> = tinyEncoderFiles(family, 'F32');
  const encoderOf = async (off: readonly string[] | 'none', of = files): Promise<Encoder> => {
    const store = openStore(memoryStorage());
    const folder = memoryFolder('tiny', of);
    const { id } = await importModel(folder, store, { weights: 'f32' });
    let made: Encoder | undefined;
    await loadEmbedderWith(store, id, { activations: 'f32' }, {}, CPU_FACTS, async (model, options) => {
      const graph = off === 'none' ? model.graph : runPasses(model.graph, { off });
      made = await interpreterEncoder({ ...model, graph }, options);
      return made;
    });
    return made as Encoder;
  };
  const differs = (got: Float32Array) => furthest(got, want.flat());

  test('as it is, and with all passes', async () => {
    expect(differs(await (await encoderOf('none')).run(PASSAGES))).toBeLessThan(SUMS);
    const fused = await encoderOf([]);
    expect(differs(await fused.run(PASSAGES))).toBeLessThan(SUMS);
    if (NODES[family.name] !== undefined) expect(fused.dispatches).toBe(NODES[family.name]);
  });

  test('without each of the passes that it needs', async () => {
    for (const off of ['merge-qkv', 'merge-heads', 'fuse-activation', 'fuse-residual', 'fuse-norm']) {
      expect(PASSES.map(({ name }) => name)).toContain(off);
      expect(differs(await (await encoderOf([off])).run(PASSAGES)), off).toBeLessThan(SUMS);
    }
  });

  test.skipIf(family.gguf === undefined)('the same as a GGUF file', async () => {
    const encoder = await encoderOf([], { 'm.gguf': tinyFamilyGguf(family, 'F32') });
    expect(differs(await encoder.run(PASSAGES))).toBeLessThan(SUMS);
    const half = await encoderOf([], { 'm.gguf': tinyFamilyGguf(family, 'F16') });
    expect(differs(await half.run(PASSAGES))).toBeLessThan(0.05);
  });

  test.skipIf(family.name !== 'embedding-gemma2')(
    'the text part of a model that also sees and hears',
    async () => {
      const { model_type: type, sentence_transformers: beside, ...text } = family.config;
      const tensors = Object.entries(tinyFamilyTensors(family)).map(([name, { shape, data }]) => {
        const own = name.replace(/^model\./, 'language_model.');
        return [own, { dtype: 'F32', shape, values: data as Float32Array }] as const;
      });
      const eye = { dtype: 'F32', shape: [2, 2], values: new Float32Array(4) } as const;
      const encoder = await encoderOf([], {
        ...files,
        'config.json': JSON.stringify({
          model_type: 'embedding_gemma2',
          text_config: { ...text, model_type: type },
        }),
        'model.safetensors': writeSafetensors({
          ...Object.fromEntries(tensors),
          'vision_tower.patch_embedder.weight': eye,
          'embed_audio.embedding_projection.weight': eye,
        }),
      });
      expect(beside).toBeDefined();
      expect(differs(await encoder.run(PASSAGES))).toBeLessThan(SUMS);
    },
  );

  test('a passage has the same vector alone and beside others', async () => {
    const encoder = await encoderOf([]);
    const width = encoder.width;
    for (const [i, passage] of PASSAGES.entries()) {
      const alone = await encoder.run([passage]);
      expect(furthest(alone, want[i] as number[]), `${i}`).toBeLessThan(SUMS);
      expect(alone).toHaveLength(width);
    }
  });
});
