/**
 * Files that were made to hang or to kill the process that reads them are refused by name, or, where they do harm only
 * with some texts, are imported and stay harmless with those texts. Nothing of them stays in the store.
 */
import { describe, expect, test } from 'vitest';
import { text, tinyModel, writeGguf } from '../../testing/tiny-gguf.ts';
import { TINY_TOKENIZER, tinyFiles } from '../../testing/tiny-checkpoint.ts';
import { memoryFolder } from '../../weights/sources/memory-source.ts';
import { memoryStorage } from '../../weights/store/storage-memory.ts';
import { openStore } from '../../weights/store/store.ts';
import { openText } from '../text.ts';
import { importModel } from './import.ts';

type Files = Record<string, Uint8Array | string>;

async function refusal(files: Files): Promise<unknown> {
  const storage = memoryStorage();
  const error = await importModel(memoryFolder('tiny', files), openStore(storage), { weights: 'f32' }).then(
    () => 'it was imported',
    (reason: unknown) => reason,
  );
  expect([...storage.files.keys()]).toEqual([]);
  return error;
}

const withFile = (name: string, content: Uint8Array | string): Files => ({ ...tinyFiles(), [name]: content });
const withTokenizer = (change: object): Files =>
  withFile('tokenizer.json', JSON.stringify({ ...TINY_TOKENIZER, ...change }));
const withModel = (change: object): Files => withTokenizer({ model: { ...TINY_TOKENIZER.model, ...change } });
const split = (Regex: string) => ({ type: 'Split', pattern: { Regex }, behavior: 'Isolated', invert: false });
const sequence = (normalizers: unknown[]) => ({ type: 'Sequence', normalizers });
const replace = (text: string, content: string) => ({ type: 'Replace', pattern: { String: text }, content });
const times = (count: number, x: unknown) => Array.from({ length: count }, () => x);
const bytes = (...parts: (string | Uint8Array)[]) => Buffer.concat(parts.map((p) => Buffer.from(p)));

const JSON_FILES = ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'generation_config.json'];

describe('JSON', () => {
  const many = `[${'{},'.repeat(3_000_000)}{}]`;
  test.each(JSON_FILES)('%s with millions of objects, or nested without end, is not parsed', async (name) => {
    // config.json and generation_config.json have size limits below this, which come first.
    expect(await refusal(withFile(name, many))).toMatchObject({
      code: expect.stringMatching(/^(?:model-limit|checkpoint-damaged)$/),
      who: name,
    });
    const nested = `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`;
    expect(await refusal(withFile(name, nested))).toMatchObject({ code: 'model-limit', who: name });
    expect(await refusal(withFile(name, '['.repeat(100_000)))).toMatchObject({
      code: 'model-limit',
      who: name,
    });
  });

  test('60 MB of {}, are counted, not parsed', async () => {
    const error = await refusal(withFile('tokenizer.json', `{"a":[${'{},'.repeat(20_000_000)}{}]}`));
    expect(error).toMatchObject({
      code: 'model-limit',
      who: 'tokenizer.json',
      expected: expect.stringMatching(/objects and lists/),
    });
    // It stopped after a tenth.
    expect(Number(/\d+/.exec((error as { where: string }).where)?.[0])).toBeLessThan(7e6);
  });

  test('a header of safetensors, an index and a manifest have the same limits', async () => {
    const head = Buffer.alloc(8);
    head.writeBigUInt64LE(BigInt(many.length));
    const shard = bytes(head, many);
    expect(await refusal(withFile('model.safetensors', shard))).toMatchObject({ code: 'model-limit' });
    const { 'model.safetensors': _, ...rest } = tinyFiles();
    const index = { ...rest, 'model.safetensors.index.json': many };
    expect(await refusal(index)).toMatchObject({ code: 'model-limit', who: 'model.safetensors.index.json' });
    expect(await refusal(withFile('manifest.json', many.slice(0, 15_000_000)))).toMatchObject({
      code: 'model-limit',
      who: 'manifest.json',
    });
  });

  test('a header of safetensors longer than its file, or than 100 MB, is not read', async () => {
    for (const length of [2n ** 63n, 2n ** 40n, 100_000_001n]) {
      const head = Buffer.alloc(16);
      head.writeBigUInt64LE(length);
      expect(await refusal(withFile('model.safetensors', head))).toMatchObject({
        code: 'checkpoint-damaged',
        where: 'header length',
      });
    }
  });

  test('keys like __proto__ and keys that occur twice are keys like any other', async () => {
    const vocab = JSON.stringify(TINY_TOKENIZER.model.vocab).replace(
      '"z":29',
      '"z":29,"__proto__":30,"toString":31',
    );
    const model = JSON.stringify(TINY_TOKENIZER.model).replace(
      /"vocab":\{.*?\}(?=,"merges")/,
      `"vocab":${vocab}`,
    );
    const json = JSON.stringify(TINY_TOKENIZER).replace(JSON.stringify(TINY_TOKENIZER.model), model);
    const polluted = json.replace('{', '{"__proto__":{"polluted":1},"model":5,');
    const storage = memoryStorage();
    const { id } = await importModel(
      memoryFolder('tiny', withFile('tokenizer.json', polluted)),
      openStore(storage),
    );
    expect(id).toBe('tiny');
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    const { tokenizer } = openText((name) => storage.files.get(`models/tiny~1/${name}`), TEXT_IDS);
    expect(tokenizer.token(30)).toBe('__proto__');
    expect(tokenizer.encode('az', { special: false })).toEqual([4, 29]);
  });
});

const TEXT_IDS = { vocab: 37, bosIds: [1], eosIds: [2] };

describe('a tokenizer', () => {
  test.each<[string, Files]>([
    ['ids beyond all vocabularies', withModel({ vocab: { a: 2 ** 30 } })],
    ['too many added tokens', withTokenizer({ added_tokens: times(20_000, { id: 1, content: 'a' }) })],
    ['an endless added token', withTokenizer({ added_tokens: [{ id: 1, content: 'a'.repeat(1e6) }] })],
    ['too many merges', withModel({ merges: times(2_200_000, 'a b') })],
    ['words without end', withModel({ type: 'WordPiece', max_input_chars_per_word: 1e9 })],
    ['endless pieces', withModel({ type: 'Unigram', vocab: [['a'.repeat(1e6), 1]] })],
    ['pieces of length 0', withTokenizer({ pre_tokenizer: { type: 'FixedLength', length: 0 } })],
    [
      'a text that doubles forty times',
      withTokenizer({ normalizer: sequence(times(40, replace('a', 'aa'))) }),
    ],
    ['a text that grows a millionfold', withTokenizer({ normalizer: replace('a', 'a'.repeat(1e6)) })],
    [
      'parts inside one another',
      withTokenizer({ normalizer: Array.from({ length: 20 }).reduce(sequence1, null) }),
    ],
    [
      'thousands of parts',
      withTokenizer({ decoder: { type: 'Sequence', decoders: times(9999, { type: 'Fuse' }) } }),
    ],
    [
      'a post-processor of a million tokens',
      withTokenizer({
        post_processor: { type: 'TemplateProcessing', single: times(1e6, { SpecialToken: { id: '<s>' } }) },
      }),
    ],
    ['an expression that is too large', withTokenizer({ pre_tokenizer: split('((a{99}){99}){99}') })],
    ['an expression that refers to what it found', withTokenizer({ pre_tokenizer: split('(a+)+\\1') })],
    [
      'special tokens without end',
      withFile(
        'tokenizer_config.json',
        JSON.stringify({
          additional_special_tokens: Array.from({ length: 20_000 }, (_, i) => `t${i}`),
        }),
      ),
    ],
  ])('with %s is refused', async (_, files) => {
    expect(await refusal(files)).toMatchObject({
      code: expect.stringMatching(/^(?:model-limit|tokenizer-damaged)$/),
      who: 'tokenizer.json',
    });
  });

  const TEXT = `${'a'.repeat(20_000)}!`;
  test.each([
    ['a pre-tokenizer', { pre_tokenizer: split('(a+)+$|(a|a)*b') }],
    ['a pre-tokenizer that removes', { pre_tokenizer: { ...split('(a+)+$'), behavior: 'Removed' } }],
    ['an inverted pre-tokenizer', { pre_tokenizer: { ...split('(a+)+$'), invert: true } }],
    ['a sequence', { pre_tokenizer: { type: 'Sequence', pretokenizers: [split('\\s'), split('(a|aa)+$')] } }],
    ['a normalizer', { normalizer: { type: 'Replace', pattern: { Regex: '(a*)*b' }, content: '' } }],
    ['a normalizer that refers to the rest of the text', { normalizer: replace('!', "$'$'$&") }],
    [
      'a normalizer, with an added token to normalise',
      {
        normalizer: sequence([{ type: 'Replace', pattern: { Regex: '(a*)*b|Q' }, content: 'z' }]),
        added_tokens: [
          ...TINY_TOKENIZER.added_tokens,
          { id: 36, content: `${'a'.repeat(60)}Q`, normalized: true },
        ],
      },
    ],
  ])('with a catastrophic expression in %s encodes texts in proportion to their length', (_, change) => {
    const json = new TextEncoder().encode(JSON.stringify({ ...TINY_TOKENIZER, ...change }));
    const { tokenizer } = openText((name) => (name === 'tokenizer.json' ? json : undefined), TEXT_IDS);
    const ids = tokenizer.encode(TEXT, { special: false });
    expect(ids.filter((id) => id === 4).length).toBe(20_000);
    const decoded = {
      ...TINY_TOKENIZER,
      decoder: { type: 'Replace', pattern: { Regex: '(a+)+$' }, content: 'b' },
    };
    const other = new TextEncoder().encode(JSON.stringify(decoded));
    const second = openText((name) => (name === 'tokenizer.json' ? other : undefined), TEXT_IDS);
    expect(second.tokenizer.decode([4, 4, 5])).toBe('bbb');
    if ('added_tokens' in change) {
      expect(tokenizer.encode(`${'a'.repeat(60)}z`, { special: false })).toEqual([36]);
      expect(tokenizer.encode(`${'a'.repeat(60)}Qa`, { special: false })).toEqual([36, 4]);
    }
  });
});

/** A part with another one inside. */
function sequence1(inner: unknown): object {
  return sequence(inner === null ? [] : [inner]);
}

test.each([
  ['loops', '{% for a in range(10**9) %}{% for b in range(10**9) %}{% endfor %}{% endfor %}'],
  ['doubles a text', `{% set ns = namespace(x='a') %}${'{% set ns.x = ns.x ~ ns.x %}'.repeat(60)}`],
  ['calls itself', '{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}'],
  ['is too long', 'a'.repeat(300_000)],
])('a template that %s is refused', async (_, template) => {
  const inConfig = withFile('tokenizer_config.json', JSON.stringify({ chat_template: template }));
  for (const files of [inConfig, withFile('chat_template.jinja', template)]) {
    expect(await refusal(files)).toMatchObject({ code: 'model-limit', who: 'chat template' });
  }
});

describe('a SentencePiece model', () => {
  const { 'tokenizer.json': _, ...rest } = tinyFiles();
  const field = (number: number, wire: number, ...content: number[]) =>
    Uint8Array.of(number * 8 + wire, ...content);
  test.each([
    ['a length beyond the file', field(1, 2, 0xff, 0xff, 0xff, 0xff, 0x7f)],
    ['a length of 2^69', field(1, 2, ...(times(9, 0xff) as number[]), 0x7f)],
    ['a number without end', field(2, 0, ...(times(40, 0xff) as number[]))],
    ['a cut number', field(1, 2, 0x80)],
    ['an unknown wire type', field(1, 7)],
    ['a piece that is cut', field(1, 2, 5, 10, 200)],
    ['no pieces', new Uint8Array(0)],
  ])('with %s is refused', async (_name, content) => {
    expect(await refusal({ ...rest, 'tokenizer.model': content })).toMatchObject({
      code: 'tokenizer-damaged',
      who: 'tokenizer.model',
    });
  });
});

describe('a GGUF file', () => {
  const parts = tinyModel('F32', 'llama', 'llama');
  const gguf = (metadata: object) => ({
    'm.gguf': writeGguf({ ...parts, metadata: { ...parts.metadata, ...metadata } }),
  });
  const header = (tensors: bigint, entries: bigint) => {
    const head = Buffer.alloc(64);
    head.write('GGUF');
    head.writeUInt32LE(3, 4);
    head.writeBigUInt64LE(tensors, 8);
    head.writeBigUInt64LE(entries, 16);
    return { 'm.gguf': new Uint8Array(head) };
  };

  test.each<[string, Files]>([
    ['2^60 tensors', header(2n ** 60n, 0n)],
    ['2^60 entries', header(0n, 2n ** 60n)],
    ['16,000 entries in 64 bytes', header(0n, 16_000n)],
    [
      'a key of 2^60 bytes',
      (() => {
        const { 'm.gguf': file } = header(0n, 1n);
        new DataView(file.buffer).setBigUint64(24, 2n ** 60n, true);
        return { 'm.gguf': file };
      })(),
    ],
  ])('with %s is refused', async (_, files) => {
    expect(await refusal(files)).toMatchObject({ code: 'checkpoint-damaged', who: 'm.gguf' });
  });

  test('whose template loops is refused', async () => {
    const loop = '{% for a in range(10**9) %}{% endfor %}';
    expect(await refusal(gguf({ 'tokenizer.chat_template': text(loop) }))).toMatchObject({
      code: 'model-limit',
    });
  });
});
