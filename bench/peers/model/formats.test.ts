import { expect, test } from 'vitest';
import { importModel, memoryFolder, memoryStorage, openStore } from '../../../engine/index.ts';
import { configOf, type Shape } from '../../shapes.ts';
import { ggufOf } from './gguf.ts';
import { joinParts } from './file-parts.ts';
import { BLOCK, blocksOf, matricesOf } from './random-model.ts';
import { safetensorsOf } from './safetensors.ts';
import { idsOf, promptOf, textOf, tokenizerJson } from './tokens.ts';

const SHAPE: Shape = { hidden: 64, layers: 2, heads: 4, kvHeads: 2, headWidth: 16, ffn: 96, vocab: 96 };

test('a block contains both ends of the grid, and its scale is exact as a half', () => {
  for (const matrix of matricesOf(SHAPE, 2)) {
    const { nibbles, scales } = blocksOf(matrix);
    for (let block = 0; block < scales.length; block++) {
      const of = [...nibbles.subarray(block * BLOCK, (block + 1) * BLOCK)];
      expect([Math.min(...of), Math.max(...of)]).toEqual([0, 15]);
    }
    const values = scales.map((d) => d * 2 ** -Math.floor(Math.log2(d)) * 64);
    expect(values.every(Number.isInteger)).toBe(true);
    const mean = nibbles.reduce((sum, q) => sum + q - 8, 0) / nibbles.length;
    expect(Math.abs(mean)).toBeLessThan(0.2);
  }
});

/** Imports the files and returns the stored weights. */
async function stored(files: Record<string, Uint8Array | string>): Promise<Uint8Array> {
  const storage = memoryStorage();
  const entry = await importModel(memoryFolder('random', files), openStore(storage), { weights: 'm0e4' });
  expect(entry.family).toBe('llama');
  const [, weights] = [...storage.files].find(([path]) => path.endsWith('weights.bin')) ?? expect.fail();
  return weights;
}

test('GGUF and safetensors import to the same nibbles and scales', async () => {
  const gguf = joinParts(ggufOf(SHAPE, 2));
  const safetensors = joinParts(safetensorsOf(SHAPE, 2));
  const small = {
    'config.json': JSON.stringify({ ...configOf(SHAPE, 2), hidden_act: 'silu' }),
    'tokenizer.json': JSON.stringify(tokenizerJson(SHAPE.vocab)),
  };
  const fromGguf = await stored({ 'model.gguf': gguf });
  const fromSafetensors = await stored({ ...small, 'model.safetensors': safetensors });
  expect(fromGguf.length).toBeGreaterThan(0);
  expect(Buffer.compare(fromGguf, fromSafetensors)).toBe(0);
});

test('text converts to ids and back, and prompts of different seeds start differently', () => {
  const prompt = promptOf(50, 4096, 3);
  expect(idsOf(textOf(prompt))).toEqual(prompt);
  expect(Math.min(...prompt)).toBeGreaterThanOrEqual(3);
  expect(new Set([1, 2, 3, 4].map((seed) => promptOf(1, 4096, seed)[0])).size).toBe(4);
});
