/** Files of the world with known outcomes (`../shared/cases/models`): each is imported as it should be, or refused by name. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { describeWithAssets } from '../../scripts/testing/assets.ts';
import { buildModel } from '../models/index.ts';
import { importModel } from '../session/import/import.ts';
import { loadWith } from '../session/load.ts';
import { openText } from '../session/text.ts';
import { chatTemplate } from '../text/chat-template.ts';
import { CPU_FACTS, interpreterRuntime } from '../testing/interpreter-runtime.ts';
import { packedCheckpoint } from '../testing/packed-checkpoint.ts';
import { createTokenizer } from '../text/tokenizer.ts';
import { openGguf } from '../weights/gguf/header.ts';
import { readTokenizer } from '../weights/gguf/tokenizer.ts';
import { memoryFolder, memorySource } from '../weights/sources/memory-source.ts';
import type { WeightProfile } from '../weights/store/profiles.ts';
import { memoryStorage } from '../weights/store/storage-memory.ts';
import { openStore } from '../weights/store/store.ts';

const bytes = (path: string) => new Uint8Array(readFileSync(path));
const folderOf = (path: string) =>
  memoryFolder('case', Object.fromEntries(readdirSync(path).map((name) => [name, bytes(`${path}/${name}`)])));

async function imported(folder: ReturnType<typeof memoryFolder>) {
  const store = openStore(memoryStorage());
  const { id } = await importModel(folder, store, { weights: 'f32' });
  return (await store.open(id)).manifest.tensors.map(({ name }) => name);
}

describeWithAssets('checkpoints', ['../cases/models/checkpoints'], (root) => {
  test.each([
    ['biases-not-in-config', /q_proj\.bias.*k_proj\.bias.*v_proj\.bias/],
    ['head-norms-not-in-family', /q_norm\.weight.*k_norm\.weight/],
  ])('%s is refused, with the tensors that would be dropped', async (name, got) => {
    await expect(imported(folderOf(`${root}/${name}`))).rejects.toMatchObject({
      code: 'checkpoint-mismatch',
      got: expect.stringMatching(got),
    });
  });

  test('an own head beside tied embeddings is used', async () => {
    expect(await imported(folderOf(`${root}/tied-but-own-lm_head`))).toContain('lm_head.weight');
  });

  test('names without their prefix are read', async () => {
    expect(await imported(folderOf(`${root}/no-model-prefix`))).toContain('model.embed_tokens.weight');
  });
});

describeWithAssets('configs', ['../cases/models/configs'], (root) => {
  test.each(readdirSync(root as string))('%s is read', (name) => {
    const config = JSON.parse(readFileSync(`${root}/${name}`, 'utf8'));
    const options = {
      activations: 'f32',
      weights: () => ({ dtype: 'f32' as const }),
      maxChunk: 8,
      capacity: 64,
    } as const;
    expect(buildModel(config, options).hidden).toBe(64);
  });

  test.each([
    ['auto-round-gptq-packing.json', 'u4_f16z_64'],
    ['mlx-4bit-quantization-key.json', 'u4_f16_64'],
  ])('%s: a checkpoint keeps its nibbles, and the model runs', async (name, cell) => {
    const config = JSON.parse(readFileSync(`${root}/${name}`, 'utf8'));
    const built = buildModel(config, {
      ...{ activations: 'f32', maxChunk: 1, capacity: 1 },
      weights: () => ({ dtype: 'f32' }),
    });
    const { packed, plain } = packedCheckpoint(config, built.tensors);
    const logits = async (files: Record<string, Uint8Array | string>, weights?: WeightProfile) => {
      const store = openStore(memoryStorage());
      const { id } = await importModel(memoryFolder('case', files), store, weights && { weights });
      const model = await loadWith(store, id, { activations: 'f32' }, {}, CPU_FACTS, interpreterRuntime);
      const { tensors } = (await store.open(id)).manifest;
      const read = await model.logits({ kind: 'text', text: 'an answer' });
      await model.dispose();
      return { dtypes: new Map(tensors.map((t) => [t.name, t.dtype])), logits: read.logits };
    };
    const own = await logits(packed);
    expect(own.dtypes.get('model.layers.3.mlp.gate_proj.weight')).toBe(cell);
    // The same numbers give the same sums.
    expect(own.logits).toEqual((await logits(plain, 'f32')).logits);
  });
});

describeWithAssets('GGUF', ['../cases/models/gguf'], (root) => {
  const files = readdirSync(root as string).filter((name) => name.endsWith('.gguf'));
  const openedText = async (name: string) => {
    const { tokenizer, tokenizerConfig, generationConfig } = readTokenizer(
      await openGguf(memorySource(name, bytes(`${root}/${name}`))),
    );
    const json = (x: unknown) => new TextEncoder().encode(JSON.stringify(x));
    const parts: Record<string, Uint8Array> = {
      'tokenizer.json': json(tokenizer),
      'tokenizer_config.json': json(tokenizerConfig),
      'generation_config.json': json(generationConfig),
    };
    return openText((file) => parts[file], { vocab: 1000, bosIds: [], eosIds: [] });
  };

  test.each(files.filter((name) => /^end-of-turn/.test(name)))(
    '%s: the end of a turn ends an answer',
    async (name) => {
      const text = await openedText(name);
      const end = text.tokenizer.id('<end_of_turn>') as number;
      expect(text.eosIds).toContain(end);
      expect(text.tokenizer.decode([end])).toBe('');
    },
  );

  test.each(files.filter((name) => /^pre-/.test(name)))('%s is tokenised', async (name) => {
    const text = await openedText(name);
    const sentence = 'Hi, it’s 2½ o’clock…\n  ÉCOLE';
    expect(text.tokenizer.decode(text.tokenizer.encode(sentence, { special: false }))).toBe(sentence);
  });

  test('rope-yarn is read', async () => {
    const folder = memoryFolder('yarn', { 'm.gguf': bytes(`${root}/rope-yarn.gguf`) });
    expect(await imported(folder)).toContain('model.norm.weight');
  });

  test('both parts of a split model are one, and one alone says which is missing', async () => {
    expect(await imported(folderOf(`${root}/split`))).toContain('model.layers.0.mlp.down_proj.weight');
    const alone = memoryFolder('x', {
      'mini-00001-of-00002.gguf': bytes(`${root}/split/mini-00001-of-00002.gguf`),
    });
    await expect(imported(alone)).rejects.toMatchObject({
      code: 'source-missing',
      expected: 'mini-00002-of-00002.gguf',
    });
  });
});

describeWithAssets('templates', ['../cases/models/templates'], (root) => {
  const expected = JSON.parse(readFileSync(`${root}/expected-by-jinja2.json`, 'utf8')) as Record<
    string,
    string
  >;
  test.each(Object.entries(expected))('%s', (path, written) => {
    const template = chatTemplate({ jinja: readFileSync(`${root}/../${path}`, 'utf8') });
    expect(template.outcome.own).toBe('rendered');
    expect(template.render([{ role: 'user', content: 'Hi' }]).text).toBe(written);
  });
});

describeWithAssets('Digits', ['../cases/models/tokenizers', 'tokenizers/smollm'], (root, smollm) => {
  test('the ids of the Rust library', () => {
    const { cases } = JSON.parse(readFileSync(`${root}/smollm-digits.json`, 'utf8'));
    const tokenizer = createTokenizer({
      tokenizer: JSON.parse(readFileSync(`${smollm}/tokenizer.json`, 'utf8')),
    });
    for (const { text, ids } of cases) expect(tokenizer.encode(text, { special: false })).toEqual(ids);
  });
});
