/** Compares tokenizers made from `tokenizer.model` with published tokenizer.json files and vectors. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { describeWithAssets } from '../../scripts/testing/assets.ts';
import { EngineError } from '../base/errors.ts';
import { seededRandom } from '../tensor/random.ts';
import { createTokenizer } from '../text/tokenizer.ts';
import { parseSentencePiece, sentencePieceFiles } from '../weights/formats/sentencepiece-model.ts';

/** Passes through JSON, as in the engine. */
function engineOf(bytes: Uint8Array, modelType: string) {
  const files = sentencePieceFiles(bytes, 'tokenizer.model', modelType);
  const { tokenizer, config } = JSON.parse(JSON.stringify(files)) as {
    tokenizer: Record<string, unknown>;
    config: Record<string, unknown>;
  };
  return createTokenizer({ tokenizer, config });
}

const varint = (n: number): number[] => (n < 128 ? [n] : [(n & 127) | 128, ...varint(Math.floor(n / 128))]);
const field = (n: number, bytes: readonly number[]) => [
  ...varint(n * 8 + 2),
  ...varint(bytes.length),
  ...bytes,
];
const number = (n: number, value: number) => [...varint(n * 8), ...varint(value)];
const score = (n: number, value: number) => [
  ...varint(n * 8 + 5),
  ...new Uint8Array(Float32Array.of(value).buffer),
];
const utf8 = (text: string) => [...new TextEncoder().encode(text)];

interface Toy {
  readonly type?: number;
  readonly rule?: string;
  readonly trim?: number;
}

/** A vocabulary of ▁, a, b, ab and ▁ab after the three usual special pieces. */
function toy({ type = 2, rule = 'identity', trim = 0 }: Toy = {}): Uint8Array {
  const kinds: [string, number][] = [
    ['<unk>', 2],
    ['<s>', 3],
    ['</s>', 3],
  ];
  const words = ['▁', 'a', 'b', 'ab', '▁ab'];
  const all = [...kinds, ...words.map((word): [string, number] => [word, 1])];
  const pieces = all.flatMap(([text, kind], i) =>
    field(1, [...field(1, utf8(text)), ...score(2, -i), ...number(3, kind)]),
  );
  const trainer = field(2, [...number(3, type), ...number(41, 1), ...number(42, 2)]);
  const normalizer = field(3, [...field(1, utf8(rule)), ...number(3, 1), ...number(4, trim)]);
  return Uint8Array.from([...pieces, ...trainer, ...normalizer]);
}

test('handles pieces, the leading space and BOS', () => {
  const engine = engineOf(toy(), 'llama');
  expect(engine.encode('ab ab', { special: true })).toEqual([1, 7, 7]); // <s> ▁ab ▁ab
  expect(engine.encode('ba', { special: false })).toEqual([3, 5, 4]); // ▁ b a
  expect(engine.decode([7, 7])).toBe('ab ab');
  expect([engine.bosId, engine.eosId]).toEqual([1, 2]);
});

test.each([
  ['trainer_spec.model_type', { type: 1 }],
  ['normalizer_spec.name', { rule: 'nmt_nfkc' }],
  ['normalizer_spec.remove_extra_whitespaces', { trim: 1 }],
])('refuses another %s and names it', (where, change) => {
  expect(() => parseSentencePiece(toy(change), 'm')).toThrow(
    expect.objectContaining({ code: 'model-unknown', where }),
  );
});

test('10,000 damaged files are read or cause a named error', () => {
  const random = seededRandom(11);
  const whole = toy();
  for (let i = 0; i < 10_000; i++) {
    const bytes = whole.slice(0, random() < 0.3 ? Math.floor(random() * whole.length) : whole.length);
    for (let n = random() * 4; n > 0 && bytes.length > 0; n--) {
      bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
    }
    try {
      parseSentencePiece(bytes, 'm');
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      expect(['tokenizer-damaged', 'model-unknown'], `seed 11, mutation ${i}`).toContain(error.code);
    }
  }
});

describeWithAssets('Mistral, which has both files', ['tokenizers/mistral-7b-v0.2'], (folder) => {
  const published = JSON.parse(readFileSync(`${folder}/tokenizer.json`, 'utf8'));
  const { tokenizer } = sentencePieceFiles(readFileSync(`${folder}/tokenizer.model`), 'm', 'mistral');

  test('vocabulary, merges, normalizer and decoder equal those of tokenizer.json', () => {
    expect(tokenizer.model.vocab).toEqual(published.model.vocab);
    const merges = tokenizer.model.merges.map((pair) => pair.join(' ')).join('\n');
    expect(merges).toBe(published.model.merges.join('\n'));
    expect(tokenizer.normalizer).toEqual(published.normalizer);
    expect(tokenizer.decoder).toEqual(published.decoder);
  });
});

const CHATGLM = ['tokenizers/chatglm2/tokenizer.model', 'vectors/chatglm2_tokenizer_vectors.json'];
describeWithAssets('ChatGLM2', CHATGLM, (model, vectors) => {
  const engine = engineOf(readFileSync(model as string), 'chatglm');
  const rows = JSON.parse(readFileSync(vectors as string, 'utf8')) as { text: string; ids: number[] }[];

  describe("its authors' vectors", () => {
    test.each(rows.map(({ text, ids }) => [text.slice(0, 20), text, ids] as const))('%j', (_, text, ids) => {
      expect(engine.encode(text, { special: true })).toEqual(ids);
    });
  });

  test('no text encodes to the initial special tokens, but roles are tokens', () => {
    const ids = engine.encode('sop [gMASK] <|user|>', { special: false });
    expect(ids.filter((id) => id >= 64789)).toEqual([64795]);
    expect(engine.decode(engine.encode('philosophy, sop', { special: true }))).toBe('philosophy, sop');
  });
});
