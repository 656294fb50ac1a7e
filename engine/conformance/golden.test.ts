/**
 * Published files give golden tokens without a GPU: readers, conversion, store, tokenizer and session on the CPU
 * interpreter. The goldens come from llama2.c and a float64 program.
 */
import * as disk from 'node:fs';
import { expect, test } from 'vitest';
import { describeWithAssets } from '../../scripts/testing/assets.ts';
import type { WeightProfile } from '../weights/store/profiles.ts';
import { memoryStorage } from '../weights/store/storage-memory.ts';
import { openStore } from '../weights/store/store.ts';
import { importModel } from '../session/import/import.ts';
import { CPU_FACTS, interpreterRuntime } from '../testing/interpreter-runtime.ts';
import { loadWith } from '../session/load.ts';
import type { LoadedModel } from '../session/model.ts';
import { FORMS, furthest, goldenOf, STORIES, storiesFolder } from '../testing/stories.ts';

async function load(path: string, weights: WeightProfile): Promise<LoadedModel> {
  const store = openStore(memoryStorage());
  const { id } = await importModel(storiesFolder(disk, path), store, { weights });
  return await loadWith(store, id, { activations: 'f32' }, {}, CPU_FACTS, interpreterRuntime);
}

describeWithAssets('stories260K on the CPU', STORIES, (...paths) => {
  test.each(FORMS)('%s gives the golden tokens, text and logits', async (form) => {
    const golden = goldenOf(disk, paths, form);
    const model = await load(paths[FORMS.indexOf(form)] as string, 'f32');
    // The other forms differ only in how they are read: their first tokens and one prompt suffice to check that.
    const whole = form === 'f32';
    const maxTokens = whole ? 200 : 40;
    const bos = await model.generate({ prompt: { kind: 'text', text: '' }, maxTokens, ignoreEos: true });
    expect(bos.ids).toEqual(golden.bos_greedy_ids.slice(1, maxTokens + 1));
    expect(golden.bos_greedy_text.startsWith(bos.text)).toBe(true);
    if (whole) expect(bos.text).toBe(golden.bos_greedy_text);
    const first = await model.logits({ kind: 'text', text: '' });
    expect(furthest(first.logits, golden.bos_first_logits)).toBeLessThan(1e-4);
    for (const { prompt, prompt_ids, last_logits, greedy_ids, greedy_text } of whole
      ? golden.prompts
      : golden.prompts.slice(0, 1)) {
      const result = await model.generate({
        prompt: { kind: 'text', text: prompt },
        maxTokens: 60,
        ignoreEos: true,
      });
      expect(result.promptIds).toEqual(prompt_ids);
      expect(result.ids).toEqual(greedy_ids);
      expect(prompt + result.text).toBe(greedy_text);
      const { logits } = await model.logits({ kind: 'text', text: prompt });
      expect(furthest(logits, last_logits)).toBeLessThan(1e-4);
    }
  });
});

describeWithAssets('perplexity', [STORIES[0] as string, 'text/tinystories_300.json'], (path, file) => {
  test('4-bit weights cost little, f16 weights nothing', async () => {
    const texts = (JSON.parse(disk.readFileSync(file as string, 'utf8')) as string[]).slice(0, 2);
    const of = async (weights: WeightProfile) =>
      (await (await load(path as string, weights)).perplexity(texts)).meanNll;
    const [f32, f16, m0e4] = [await of('f32'), await of('f16'), await of('m0e4')];
    expect(Math.abs(f16 - f32)).toBeLessThan(0.001);
    // In nats per token. A model this small loses much more by 4 bits than a practical one.
    expect(m0e4 - f32).toBeLessThan(0.12);
  });
});
