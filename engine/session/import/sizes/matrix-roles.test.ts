/** Weight profiles from the import to the loaded model, on the CPU. */
import { expect, test } from 'vitest';
import { memoryFolder } from '../../../weights/sources/memory-source.ts';
import { memoryStorage } from '../../../weights/store/storage-memory.ts';
import { openStore } from '../../../weights/store/store.ts';
import { tinyFiles } from '../../../testing/tiny-checkpoint.ts';
import { importModel } from '../import.ts';
import { inspectCheckpoint } from '../inspect.ts';
import { CPU_FACTS, interpreterRuntime } from '../../../testing/interpreter-runtime.ts';
import { loadWith } from '../../load.ts';
import type { ImportOptions } from '../../types.ts';

const files = tinyFiles();

async function imported(weights: NonNullable<ImportOptions['weights']>) {
  const store = openStore(memoryStorage());
  const { id } = await importModel(memoryFolder('tiny', files), store, { weights });
  const { manifest } = await store.open(id);
  const model = await loadWith(store, id, { activations: 'f32' }, {}, CPU_FACTS, interpreterRuntime);
  return { manifest, logits: (await model.logits({ kind: 'text', text: 'hello' })).logits };
}

test('stores embedding and head with more bits, and all other matrices as the profile says', async () => {
  const { manifest } = await imported('m0e4+q8-head');
  expect(manifest.weights).toBe('m0e4+q8-head');
  for (const { name, dtype, shape } of manifest.tensors) {
    const end = /embed_tokens|lm_head/.test(name);
    expect(dtype, name).toBe(shape.length === 1 ? 'f32' : end ? 'q8' : 'm0e4');
  }
});

test('gives logits closer to those of f32 than m0e4 does', async () => {
  const [exact, plain, finer] = await Promise.all(
    (['f32', 'm0e4', 'm0e4+q8-head'] as const).map(async (weights) => (await imported(weights)).logits),
  );
  const squaredError = (logits: Float32Array) => logits.reduce((sum, x, i) => sum + (x - exact![i]!) ** 2, 0);
  expect(squaredError(finer!)).toBeLessThan(squaredError(plain!));
});

test('inspect shows the types of a profile', async () => {
  const text = await inspectCheckpoint(memoryFolder('tiny', files), { weights: 'm0e4+f16-head' });
  expect(text).toMatch(/weight model\.embed_tokens\.weight f16\[/);
  expect(text).toMatch(/weight layers\.0\.qkv\.weight m0e4/);
});

test('inspect shows how the calibrated size shares its bits', async () => {
  const config = {
    ...{ model_type: 'llama', hidden_size: 64, num_hidden_layers: 2, intermediate_size: 128, vocab_size: 32 },
    ...{ num_attention_heads: 2, num_key_value_heads: 1, tie_word_embeddings: true },
  };
  const folder = memoryFolder('blocks', { 'config.json': new TextEncoder().encode(JSON.stringify(config)) });
  const text = await inspectCheckpoint(folder, { weights: 'calibrated' });
  expect(text).toMatch(/weight layers\.0\.qkv\.weight iq4_nl×64\+q5_0×64/);
  expect(text).toMatch(/weight layers\.1\.gated\.weight q5_0/);
});
