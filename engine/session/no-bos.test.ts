/** Models whose tokenizer and config name no token that begins a text, as of Qwen's families. */
import { expect, test } from 'vitest';
import { TINY_CONFIG, TINY_TOKENIZER, tinyFiles } from '../testing/tiny-checkpoint.ts';
import { CPU_FACTS, interpreterRuntime } from '../testing/interpreter-runtime.ts';
import { memoryFolder } from '../weights/sources/memory-source.ts';
import { memoryStorage } from '../weights/store/storage-memory.ts';
import { openStore } from '../weights/store/store.ts';
import { importModel } from './import/import.ts';
import { loadWith } from './load.ts';
import type { LoadedModel } from './model.ts';
import type { Prompt } from './types.ts';

const TEMPLATE = '{% for m in messages %}{{ m.content }}{% endfor %}';

async function without(bos: boolean): Promise<LoadedModel> {
  const { bos_token_id: _, ...config } = TINY_CONFIG;
  const files = {
    ...tinyFiles(),
    'config.json': JSON.stringify(bos ? TINY_CONFIG : config),
    'tokenizer.json': JSON.stringify({ ...TINY_TOKENIZER, post_processor: null }),
    'tokenizer_config.json': JSON.stringify({
      eos_token: '</s>',
      chat_template: TEMPLATE,
      ...(bos ? { bos_token: '<s>' } : {}),
    }),
  };
  const store = openStore(memoryStorage());
  const { id } = await importModel(memoryFolder('tiny', files), store, { weights: 'f32' });
  return loadWith(store, id, { activations: 'f32' }, {}, CPU_FACTS, interpreterRuntime);
}

const EMPTY: Prompt[] = [
  { kind: 'text', text: '' },
  { kind: 'text', text: '', literal: true },
  { kind: 'messages', messages: [] },
  { kind: 'messages', messages: [{ role: 'user', content: '' }], begun: '' },
];

test('an empty prompt has no tokens, and one where there is a BOS', async () => {
  const [with_, without_] = [await without(true), await without(false)];
  for (const prompt of EMPTY) {
    expect(without_.countTokens(prompt), JSON.stringify(prompt)).toBe(0);
    expect(with_.countTokens(prompt), JSON.stringify(prompt)).toBe(1);
  }
  for (const model of [with_, without_]) expect(model.countTokens({ kind: 'text', text: 'abc' })).toBe(3);
});

test('it cannot be answered, which is said by name; a text is answered', async () => {
  const model = await without(false);
  for (const prompt of EMPTY) {
    await expect(model.generate({ prompt, maxTokens: 2 })).rejects.toMatchObject({ code: 'request-invalid' });
    await expect(model.logits(prompt)).rejects.toMatchObject({ code: 'request-invalid' });
  }
  const { ids } = await model.generate({
    prompt: { kind: 'text', text: 'abc' },
    maxTokens: 2,
    ignoreEos: true,
  });
  expect(ids).toHaveLength(2);
});

test('perplexity leaves empty texts out', async () => {
  const model = await without(false);
  const { tokens, perplexity } = await model.perplexity(['', 'abc']);
  expect(tokens).toBe(2);
  expect(perplexity).toBeGreaterThan(1);
});
