import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { describeWithAssets } from '../../scripts/testing/assets.ts';
import { EngineError } from '../base/errors.ts';
import { createTokenizer, type Tokenizer } from './tokenizer.ts';

function readJson(path: string): Record<string, unknown> {
  return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
}

function open(folder: string): Tokenizer {
  const config = `${folder}/tokenizer_config.json`;
  return createTokenizer({ tokenizer: readJson(`${folder}/tokenizer.json`), config: readJson(config) });
}

/** A tiny tokenizer in the format of Llama's files. */
function tinyTokenizerJson(): Record<string, unknown> {
  return {
    added_tokens: [
      { id: 0, content: '<unk>', special: true },
      { id: 1, content: '<s>', special: true },
    ],
    normalizer: null,
    pre_tokenizer: null,
    post_processor: {
      type: 'TemplateProcessing',
      single: [{ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
      pair: [],
      special_tokens: {},
    },
    decoder: { type: 'Sequence', decoders: [{ type: 'Fuse' }] },
    model: {
      type: 'BPE',
      unk_token: '<unk>',
      vocab: { '<unk>': 0, '<s>': 1, a: 2, b: 3, ab: 4 },
      merges: ['a b'],
    },
  };
}

test('a tiny tokenizer encodes, decodes, and adds BOS on request', () => {
  const t = createTokenizer({ tokenizer: tinyTokenizerJson(), config: { bos_token: '<s>' } });
  expect(t.encode('ab', { special: true })).toEqual([1, 4]);
  expect(t.encode('ab', { special: false })).toEqual([4]);
  expect(t.encode('', { special: true })).toEqual([1]);
  expect(t.decode([1, 4, 3])).toBe('abb');
  expect(t.bosId).toBe(1);
  expect(t.size).toBe(5);
});

test('add_bos_token of the config overrides the post-processor', () => {
  const off = createTokenizer({
    tokenizer: tinyTokenizerJson(),
    config: { bos_token: '<s>', add_bos_token: false },
  });
  expect(off.encode('ab', { special: true })).toEqual([4]);
  const bare = { ...tinyTokenizerJson(), post_processor: null };
  const on = createTokenizer({
    tokenizer: bare,
    config: { bos_token: { content: '<s>' }, add_bos_token: true },
  });
  expect(on.encode('ab', { special: true })).toEqual([1, 4]);
  const llama = createTokenizer({
    tokenizer: bare,
    config: { bos_token: '<s>', tokenizer_class: 'LlamaTokenizer' },
  });
  expect(llama.encode('', { special: true })).toEqual([1]);
});

const damages: [string, (json: Record<string, unknown>) => unknown, RegExp][] = [
  ['missing model', (j) => delete j.model, /model.*an object/],
  [
    'unknown model type',
    (j) => ((j.model as Record<string, unknown>).type = 'Oracle'),
    /model\.type.*"Oracle"/,
  ],
  ['wrong vocabulary type', (j) => ((j.model as Record<string, unknown>).vocab = 7), /model\.vocab.*got 7/],
  [
    'an id that is text',
    (j) => ((j.model as { vocab: Record<string, unknown> }).vocab.a = 'x'),
    /model\.vocab\["a"\]/,
  ],
  [
    'an id out of bounds',
    (j) => ((j.model as { vocab: Record<string, unknown> }).vocab.a = 2 ** 40),
    /vocab\["a"\]/,
  ],
  ['wrong type of merges', (j) => ((j.model as Record<string, unknown>).merges = [3]), /model\.merges\[0\]/],
  ['added token without text', (j) => (j.added_tokens = [{ id: 1 }]), /added_tokens\[0\]\.content/],
  [
    'unknown decoder type',
    (j) => (j.decoder = { type: 'Smoke' }),
    /decoder\.type: .*expected Sequence.*got Smoke/,
  ],
  ['normalizer that is a list', (j) => (j.normalizer = []), /normalizer/],
  ['post-processor without template', (j) => (j.post_processor = { type: 'TemplateProcessing' }), /./],
];

test.each(damages)('refuses a damaged file: %s', (_, damage, message) => {
  const json = tinyTokenizerJson();
  damage(json);
  let error: unknown;
  try {
    createTokenizer({ tokenizer: json, config: { bos_token: '<s>' } });
  } catch (e) {
    error = e;
  }
  expect(error).toBeInstanceOf(EngineError);
  expect((error as EngineError).code).toBe('tokenizer-damaged');
  expect((error as EngineError).who).toBe('tokenizer.json');
  expect((error as EngineError).message).toMatch(message);
  expect((error as EngineError).expected).toBeDefined();
  expect((error as EngineError).got).toBeDefined();
});

describeWithAssets('BOS', ['models/stories260K-hf-f32', 'tokenizers'], (stories, tokenizers) => {
  test('a text begins as in transformers', () => {
    const begins = (name: string) => open(`${tokenizers}/${name}`).encode('Hello', { special: true });
    expect(open(stories as string).encode('', { special: true })).toEqual([1]);
    expect(begins('mistral-7b-v0.2')).toEqual([1, 22557]);
    expect(begins('llama3.2-1b')).toEqual([128000, 9906]);
    expect(begins('qwen2.5')).toEqual([9707]);
  });
});

/** Test vectors of llama.cpp, encoded without special tokens. */
const vectors: [string, string][] = [
  ['phi-3-mini', 'phi-3'],
  ['qwen2.5', 'qwen2'],
];

for (const [tokenizer, vector] of vectors) {
  const files = [
    `tokenizers/${tokenizer}`,
    `vectors/ggml-vocab-${vector}.gguf.inp`,
    `vectors/ggml-vocab-${vector}.gguf.out`,
  ];
  describeWithAssets(`vectors of ${vector}`, files, (folder, inp, out) => {
    test('every text gets the same ids', () => {
      const t = open(folder as string);
      const texts = readFileSync(inp as string, 'utf8').split('\n__ggml_vocab_test__\n');
      const lines = readFileSync(out as string, 'utf8').split('\n');
      const ids = lines.map((line) => line.trim().split(/\s+/).filter(Boolean).map(Number));
      const wrong = texts.filter((text, i) => String(t.encode(text, { special: false })) !== String(ids[i]));
      expect(wrong).toEqual([]);
    });
  });
}
