/**
 * Encoders against transformers with PyTorch and llama.cpp, on tiny checkpoints in every format: all passages in one run here,
 * each alone there. With all passes and without each of them; the goldens come from scripts/goldens/torch_encoders.py and
 * `npm run -s goldens`.
 */
import { createHash } from 'node:crypto';
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
import { GGUF_TYPES, type GgufType, type Rounding, tinyFamilyGguf } from '../testing/tiny-family/files.ts';
import { PASSAGES, TINY_ENCODERS, tinyEncoderFiles } from '../testing/tiny-encoders.ts';
import { memoryFolder } from '../weights/sources/memory-source.ts';
import { memoryStorage } from '../weights/store/storage-memory.ts';
import { openStore } from '../weights/store/store.ts';

/** Sums in f32 in another order, of numbers up to 20. */
const SUMS = 1e-4;
/** llama.cpp looks GELU up in a table of f16. */
const GELU = 0.01;
/** llama.cpp rounds activations to blocks of 8 bits before products with blocks of weights. */
const BLOCKS = 0.5;
/** Dispatches of a run with all passes: 7 a layer of BERT and of Gemma 3, and 10 of EmbeddingGemma 2, which has a third block. */
const NODES: Readonly<Record<string, number>> = {
  bert: 4 + 2 * 7 + 1,
  'embedding-gemma': 1 + 7 * 7 + 4,
  'embedding-gemma2': 3 + 7 * 10 + 3,
};

describe.each(TINY_ENCODERS)('$name', (family) => {
  const golden = JSON.parse(readFileSync(family.golden, 'utf8'));
  const want = golden.transformers.formats.F32 as number[][];

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

  /** Compares with both engines on the same values, and with llama.cpp on the same file where it has a golden. */
  const check = async (format: string, rounding: Rounding, own: typeof files, file?: GgufType) => {
    const vectors = await (await encoderOf([], own)).run(PASSAGES);
    const near = (against: string, want: number[][], most: number) => {
      const error = furthest(vectors, want.flat());
      report(family.name, format, against, error);
      expect(error, against).toBeLessThan(most);
    };
    near(`transformers, ${rounding}`, golden.transformers.formats[rounding], SUMS);
    if (family.gguf === undefined) return;
    near(`llama.cpp, ${rounding} as F32`, golden.formats[`${rounding} as F32`].vectors, GELU);
    if (file !== undefined)
      near(`llama.cpp, ${file}`, golden.formats[file].vectors, file === 'F16' ? GELU : BLOCKS);
  };

  test.each(['F32', 'BF16'] as const)('safetensors, %s', async (dtype) => {
    await check(`safetensors ${dtype}`, dtype, tinyEncoderFiles(family, dtype));
  });

  if (family.gguf !== undefined)
    test.each(GGUF_TYPES)('GGUF, %s', async (type) => {
      const file = tinyFamilyGguf(family, type);
      if (type !== 'F32') {
        const digest = createHash('sha256').update(file).digest('hex');
        expect(digest, 'the file differs from the golden’s').toBe(golden.formats[type].sha256);
      }
      await check(`GGUF ${type}`, type, { 'm.gguf': file }, type === 'F32' ? undefined : type);
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

/** With ENGINE_TABLE=1, prints the measured differences, for docs/MODELS.md. */
function report(...[family, format, against, error]: [string, string, string, number]): void {
  if (process.env.ENGINE_TABLE !== '1') return;
  process.stdout.write(`${family} | ${format} | ${against} | ${error.toPrecision(2)}\n`);
}
