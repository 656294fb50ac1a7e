/** Vocabularies of tiktoken, compared with tiktoken itself and with the same vocabulary as tokenizer.json. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { describeWithAssets } from '../../../scripts/testing/assets.ts';
import { BYTE_OF } from '../../base/byte-letters.ts';
import { EngineError } from '../../base/errors.ts';
import { seededRandom } from '../../tensor/random.ts';
import { HARD_TEXTS } from '../../testing/pair-vocabulary.ts';
import { tinyFiles } from '../../testing/tiny-checkpoint.ts';
import { createTokenizer } from '../../text/tokenizer.ts';
import { openCheckpoint } from '../../weights/checkpoint.ts';
import { isTiktoken, tiktokenFiles } from '../../weights/formats/tiktoken.ts';
import { memoryFolder } from '../../weights/sources/memory-source.ts';

const base64 = (token: string) =>
  btoa(String.fromCharCode(...Array.from(token, (letter) => BYTE_OF.get(letter) as number)));
const fileOf = (tokens: readonly (readonly [string, number])[]) =>
  new TextEncoder().encode(tokens.map(([token, rank]) => `${base64(token)} ${rank}\n`).join(''));
const BYTES = [...BYTE_OF].map(([letter, byte]): [string, number] => [letter, byte]);

/** Passes through JSON, as in the engine. */
function engineOf(bytes: Uint8Array, config: Record<string, unknown>, modelType?: string) {
  const made = JSON.parse(JSON.stringify(tiktokenFiles(bytes, 'tokenizer.model', config, modelType))) as {
    tokenizer: Record<string, unknown>;
    config: Record<string, unknown>;
  };
  return createTokenizer({ tokenizer: made.tokenizer, config: { ...made.config, ...config } });
}

const GLM4 = {
  tokenizer_class: 'ChatGLM4Tokenizer',
  auto_map: { AutoTokenizer: ['tokenization_chatglm.ChatGLM4Tokenizer', null] },
};

test('GLM-4: words, merges by rank, its special tokens with and without a list, and what begins a text', () => {
  const file = fileOf([...BYTES, ['th', 256], ['the', 257], ['he', 258], ['12', 259]]);
  const bare = engineOf(file, {}, 'chatglm');
  expect(bare.encode('the he 1234', { special: false })).toEqual([257, 32, 258, 32, 259, 51, 52]);
  expect(bare.encode('a', { special: true }).map((id) => bare.token(id))).toEqual(['[gMASK]', '<sop>', 'a']);
  const listed = engineOf(file, {
    ...GLM4,
    eos_token: '<|endoftext|>',
    added_tokens_decoder: {
      '300': { content: '<|endoftext|>', special: true },
      '302': { content: '[gMASK]', special: true },
      '304': { content: '<sop>', special: true },
      '307': { content: '<|user|>', special: true },
    },
  });
  expect(listed.encode('the<|user|>', { special: true })).toEqual([302, 304, 257, 307]);
  expect(listed.eosId).toBe(300);
  expect(listed.decode([302, 304, 257, 307])).toBe('the');
});

test.each(['tokenizer.model', 'tiktoken.model', 'qwen.tiktoken'])(
  'a checkpoint with %s and no tokenizer.json is opened',
  async (name) => {
    const { 'tokenizer.json': _, ...others } = tinyFiles();
    const files = { ...others, 'tokenizer_config.json': JSON.stringify(GLM4), [name]: fileOf(BYTES) };
    const checkpoint = await openCheckpoint(memoryFolder('glm', files));
    const read = (file: string) => JSON.parse(new TextDecoder().decode(checkpoint.files.get(file)));
    const config = read('tokenizer_config.json');
    const tokenizer = createTokenizer({ tokenizer: read('tokenizer.json'), config });
    expect(config.tokenizer_class).toBe('ChatGLM4Tokenizer');
    expect(tokenizer.encode('hé', { special: false })).toEqual([104, 195, 169]);
  },
);

test('a class that is not known is refused by name', () => {
  for (const config of [{ tokenizer_class: 'MyTokenizer' }, {}]) {
    expect(() => tiktokenFiles(fileOf(BYTES), 'm', config, 'mine')).toThrow(
      expect.objectContaining({ code: 'model-unknown', where: 'tokenizer_class' }),
    );
  }
});

test('2,000 damaged files are read or cause a named error', () => {
  const random = seededRandom(3);
  const whole = fileOf([...BYTES, ['th', 256]]);
  for (let i = 0; i < 2000; i++) {
    const bytes = whole.slice(0, random() < 0.3 ? Math.floor(random() * whole.length) : whole.length);
    for (let n = random() * 4; n > 0 && bytes.length > 0; n--) {
      bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
    }
    try {
      tiktokenFiles(bytes, 'm', GLM4, 'chatglm');
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      expect(error.code, `seed 3, mutation ${i}`).toBe('tokenizer-damaged');
    }
  }
});

/** What Python's tiktoken 0.14 makes of the case's vocabulary, with GLM-4's expression. */
const CASE = 'the thin tin, then in the 123';
const CASE_IDS = [258, 32, 257, 259, 260, 259, 44, 32, 258, 110, 32, 259, 32, 258, 32, 49, 50, 51];

describeWithAssets('the vocabulary of the cases', ['../cases/models/tokenizers'], (root) => {
  test('is read as GLM-4 publishes it', () => {
    const bytes = new Uint8Array(readFileSync(`${root}/tiktoken.tokenizer.model`));
    expect(isTiktoken(bytes)).toBe(true);
    const tokenizer = engineOf(bytes, GLM4);
    expect(tokenizer.encode(CASE, { special: false })).toEqual(CASE_IDS);
    for (const text of HARD_TEXTS) {
      expect(tokenizer.decode(tokenizer.encode(text, { special: false }))).toBe(text);
    }
  });
});

describeWithAssets('SentencePiece', ['tokenizers/chatglm2'], (folder) => {
  test('is told apart', () => {
    expect(isTiktoken(new Uint8Array(readFileSync(`${folder}/tokenizer.model`)))).toBe(false);
  });
});

const needed = ['tokenizers/llama3.2-1b', 'vectors/ggml-vocab-qwen2.gguf.inp'];
describeWithAssets('Llama 3 as a file of tiktoken', needed, (folder, inp) => {
  test('has the ids of its tokenizer.json', () => {
    const own = JSON.parse(readFileSync(`${folder}/tokenizer.json`, 'utf8'));
    const ranks = Object.entries(own.model.vocab as Record<string, number>).sort((a, b) => a[1] - b[1]);
    const ours = engineOf(fileOf(ranks), {}, 'llama');
    const theirs = createTokenizer({ tokenizer: own });
    const texts = readFileSync(inp as string, 'utf8').split('\n__ggml_vocab_test__\n');
    for (const text of [...texts, ...HARD_TEXTS, '<|begin_of_text|><|eot_id|>']) {
      expect(ours.encode(text, { special: true })).toEqual(theirs.encode(text, { special: true }));
    }
  });
});
