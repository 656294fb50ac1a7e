/**
 * Published models on a GPU against PyTorch and llama.cpp on the same GGUF file. The weights come with
 * `npm run weights`; without them these tests are skipped.
 *
 * Tolerances, for logits around 20. {@link SINGLE}: PyTorch in f32 has the same numbers and adds them in another order;
 * thirty layers of sums of up to 2048 products. Every golden margin is larger, so tokens must be equal.
 * {@link ROUNDED}: llama.cpp rounds activations to 8 bits before each product with quantised weights.
 */
import * as disk from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestGpu } from '../../scripts/testing/gpu.ts';
import { describeWithWeights } from '../../scripts/testing/weights.ts';
import { type Gpu, openGpu } from '../gpu/index.ts';
import { importModel } from '../session/import/import.ts';
import { loadModel } from '../session/load.ts';
import type { LoadedModel } from '../session/model.ts';
import type { Prompt } from '../session/types.ts';
import type { ActivationDType } from '../tensor/tensor.ts';
import { folderFromFiles } from '../weights/sources/file-source.ts';
import { memoryStorage } from '../weights/store/storage-memory.ts';
import { openStore } from '../weights/store/store.ts';

const SINGLE = 2e-3;
const ROUNDED = 1;

/** One prompt of a golden; ids, and `[id, logit]` or `[id, log-probability]` of the likeliest tokens after it. */
interface GoldenPrompt {
  readonly name: string;
  readonly ids: readonly number[];
  readonly greedy: readonly number[];
  /** The smallest distance between the two likeliest tokens on the way. */
  readonly margin: number;
  readonly top: readonly (readonly [number, number])[];
}

interface TorchPrompt extends GoldenPrompt {
  readonly answer: string;
  readonly vocabulary: number;
  /** The logits of the ids 0, `every`, 2 · `every`, … */
  readonly sample: readonly number[];
  readonly every: number;
}

const read = <T>(name: string): T =>
  JSON.parse(disk.readFileSync(new URL(`published/${name}.json`, import.meta.url), 'utf8')) as T;
const { prompts: asked } = read<{ prompts: Record<string, (object & { name: string })[]> }>('prompts');

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu((await openTestGpu()).gpu);
});
afterAll(() => gpu.dispose());

async function load(file: string, activations?: ActivationDType): Promise<LoadedModel> {
  const store = openStore(memoryStorage());
  const blob = await disk.openAsBlob(file);
  const folder = folderFromFiles([{ path: 'model.gguf', file: blob as File }]);
  const { id } = await importModel(folder, store);
  return loadModel(store, id, gpu, { capacity: 512, ...(activations === undefined ? {} : { activations }) });
}

function promptOf(id: string, name: string): Prompt {
  const found = asked[id]!.find((prompt) => prompt.name === name)!;
  return ('messages' in found ? { kind: 'messages', ...found } : { kind: 'text', ...found }) as Prompt;
}

const MODELS = [
  ['SmolLM2 135M Instruct, Q4_1', 'smollm2-135m-instruct'],
  ['Gemma 3 270M, Q4_K_M', 'gemma3-270m'],
] as const;

for (const [title, id] of MODELS) {
  describeWithWeights(title, id, (file) => {
    const torch = read<{ prompts: TorchPrompt[] }>(`${id}.torch`).prompts;
    const llama = read<{ prompts: GoldenPrompt[] }>(`${id}.llama`).prompts;

    test('the default keeps every bit: ids, tokens and logits of PyTorch, and those of llama.cpp within its rounding', async () => {
      const model = await load(file, 'f32');
      expect(model.facts.model.weights).toBe('published');
      // The file has its vocabulary and merges besides, up to 10 MB; norms are f32 in both.
      const published = disk.statSync(file).size;
      expect(model.facts.weightBytes).toBeLessThan(1.05 * published);
      expect(model.facts.weightBytes).toBeGreaterThan(0.95 * published - 10e6);
      for (const [i, want] of torch.entries()) {
        const prompt = promptOf(id, want.name);
        const { logits } = await model.logits(prompt);
        expect(logits.length).toBe(want.vocabulary);
        const sampled = want.sample.map((logit, at) => [at * want.every, logit] as const);
        for (const [token, logit] of [...want.top, ...sampled]) {
          expect(Math.abs(logits[token]! - logit), `${want.name}, token ${token}`).toBeLessThan(SINGLE);
        }
        const result = await model.generate({ prompt, maxTokens: want.greedy.length, ignoreEos: true });
        expect(result.promptIds).toEqual(want.ids);
        expect(want.margin).toBeGreaterThan(2 * SINGLE);
        expect(result.ids).toEqual(want.greedy);

        const rounded = llama[i]!;
        expect(rounded.ids, 'llama.cpp reads the same ids').toEqual(want.ids);
        const sum = Math.log(logits.reduce((all, logit) => all + Math.exp(logit), 0));
        for (const [token, log] of rounded.top) {
          expect(Math.abs(logits[token]! - sum - log), `${want.name}, token ${token}`).toBeLessThan(ROUNDED);
        }
      }
      model.dispose();
    });

    test('with the activations of the app it runs, and reads the same ids', async () => {
      const model = await load(file);
      const want = torch[0]!;
      const got = await model.generate({ prompt: promptOf(id, want.name), maxTokens: 8, ignoreEos: true });
      expect(got.promptIds).toEqual(want.ids);
      expect(got.ids).toHaveLength(8);
      expect(got.text.trim()).not.toBe('');
      model.dispose();
    });
  });
}

describeWithWeights('Gemma 3 270M by default, in the activations of the app', 'gemma3-270m', (file) => {
  test('goes on with the cities that its own values name, which 4 bits for all its matrices forget', async () => {
    const model = await load(file);
    const text = 'The three largest cities in Germany are';
    const result = await model.generate({ prompt: { kind: 'text', text }, maxTokens: 8 });
    expect(result.text).toMatch(/^ ?Berlin, Munich,? and Frankfurt/);
    model.dispose();
  });
});
