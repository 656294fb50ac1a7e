/** Tokenizers made from vocabularies of GGUF files. Damaged ones: engine/weights/gguf/tokenizer.test.ts. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { describeWithAssets, onDemand } from '../../scripts/testing/assets.ts';
import { seededRandom } from '../tensor/random.ts';
import { createTokenizer } from '../text/tokenizer.ts';
import { memorySource } from '../weights/sources/memory-source.ts';
import { openGguf } from '../weights/gguf/header.ts';
import {
  bool,
  type GgufParts,
  numbers,
  text,
  texts,
  tinyModel,
  u32,
  writeGguf,
} from '../testing/tiny-gguf.ts';
import { readTokenizer } from '../weights/gguf/tokenizer.ts';
import type { GgufValue } from '../weights/gguf/value.ts';

const read = async (bytes: Uint8Array) => readTokenizer(await openGguf(memorySource('m.gguf', bytes)));

/** Passes through JSON, as in the engine. */
async function tokenizerOf(bytes: Uint8Array) {
  const files = JSON.parse(JSON.stringify(await read(bytes))) as Awaited<ReturnType<typeof read>>;
  return { ...files, engine: createTokenizer({ tokenizer: files.tokenizer, config: files.tokenizerConfig }) };
}

const changed = (metadata: GgufParts['metadata'], kind = 'llama') => {
  const parts = tinyModel('F32', 'llama', kind);
  return writeGguf({ ...parts, metadata: { ...parts.metadata, ...metadata } });
};

test('the vocabulary of Gemma 4: merges of characters, a space is ▁, what has no token is written in bytes', async () => {
  const tokens = [
    '<pad>',
    '<eos>',
    '<bos>',
    '<unk>',
    '▁',
    'a',
    'b',
    '▁a',
    '▁ab',
    '\n',
    '\n\n',
    '<0xC3>',
    '<0xA9>',
  ];
  const types = tokens.map((token, id) => (id < 3 ? 3 : id === 3 ? 2 : token.startsWith('<0x') ? 6 : 1));
  const { engine } = await tokenizerOf(
    changed({
      'tokenizer.ggml.model': text('gemma4'),
      'tokenizer.ggml.tokens': texts(tokens),
      'tokenizer.ggml.scores': numbers(6, new Array(tokens.length).fill(0)),
      'tokenizer.ggml.token_type': numbers(5, types),
      'tokenizer.ggml.merges': texts(['▁ a', '▁a b', '\n \n']),
      'tokenizer.ggml.bos_token_id': u32(2),
      'tokenizer.ggml.eos_token_id': u32(1),
      'tokenizer.ggml.unknown_token_id': u32(3),
    }),
  );
  expect(engine.encode('b ab\n\né', { special: false })).toEqual([6, 8, 10, 11, 12]);
  expect(engine.decode([6, 8, 10, 11, 12])).toBe('b ab\n\né');
});

describe('SentencePiece', () => {
  test('handles spaces, scores and BOS', async () => {
    const { engine, tokenizerConfig, generationConfig } = await tokenizerOf(changed({}));
    const ids = engine.encode('a he', { special: true });
    expect(ids.map((id) => engine.decode([id]))).toHaveLength(4);
    expect(ids).toEqual([1, 30, 3, 31]); // <s> ▁a ▁ he
    expect(engine.decode(ids)).toBe('a he');
    expect(tokenizerConfig).toMatchObject({
      bos_token: '<s>',
      eos_token: '</s>',
      unk_token: '<unk>',
      add_bos_token: true,
    });
    expect(generationConfig).toEqual({ bos_token_id: 1, eos_token_id: [2] });
  });

  test('adds no leading space and no BOS if the file says so', async () => {
    const { engine } = await tokenizerOf(
      changed({
        'tokenizer.ggml.add_space_prefix': bool(false),
        'tokenizer.ggml.add_bos_token': bool(false),
      }),
    );
    expect(engine.encode('a', { special: true })).toEqual([4]);
    expect(engine.decode([30])).toBe(' a');
  });

  test('reads a chat template and several end tokens', async () => {
    const [, , own] = tinyModel().metadata['tokenizer.ggml.tokens'] as [9, 8, string[]];
    const tokens = [...own, '<|im_end|>', '<sep>'];
    const { engine, tokenizerConfig, generationConfig } = await tokenizerOf(
      changed({
        'tokenizer.ggml.tokens': texts(tokens),
        'tokenizer.ggml.scores': numbers(
          6,
          tokens.map(() => 0),
        ),
        'tokenizer.ggml.token_type': numbers(
          5,
          tokens.map((t) => (t === '<|im_end|>' ? 3 : t === '<sep>' ? 4 : 1)),
        ),
        'tokenizer.chat_template': text('{{ messages }}'),
      }),
    );
    expect(tokenizerConfig.chat_template).toBe('{{ messages }}');
    expect(generationConfig.eos_token_id).toEqual([2, 32]);
    expect(engine.encode('b<sep><|im_end|>', { special: false }).slice(-2)).toEqual([33, 32]);
    expect(engine.decode([33, 32])).toBe('<sep>'); // user-defined tokens are text, control tokens are not
  });
});

test('byte-level: pre-tokenizer by name, merges, ignored merges', async () => {
  const letters = ['h', 'e', 'Ġ', 'he', 'Ġhe', '1', '2', '3', '4', '<|begin|>'];
  const bytes = changed(
    {
      'tokenizer.ggml.tokens': texts(letters),
      'tokenizer.ggml.token_type': numbers(
        5,
        letters.map((t) => (t.startsWith('<') ? 3 : 1)),
      ),
      'tokenizer.ggml.merges': texts(['h e']),
      'tokenizer.ggml.bos_token_id': u32(9),
      'tokenizer.ggml.eos_token_id': u32(9),
      'tokenizer.ggml.unknown_token_id': u32(0xffffffff),
    },
    'gpt2',
  );
  const { engine } = await tokenizerOf(bytes);
  expect(engine.encode('he he1234', { special: true })).toEqual([9, 3, 4, 5, 6, 7, 8]);
  expect(engine.decode([3, 4, 5])).toBe('he he1');
});

for (const [vector, published] of [
  ['llama-spm', undefined],
  ['phi-3', 'phi-3-mini'],
] as const) {
  const base = `vectors/ggml-vocab-${vector}.gguf`;
  describeWithAssets(`vectors of ${vector}`, [base, `${base}.inp`, `${base}.out`], (file, inp, out) => {
    test('gives the same ids for all 47 texts', async () => {
      const { engine } = await tokenizerOf(readFileSync(file as string));
      const inputs = readFileSync(inp as string, 'utf8').split('\n__ggml_vocab_test__\n');
      const lines = readFileSync(out as string, 'utf8').split('\n');
      const ids = lines.map((line) => line.trim().split(/\s+/).filter(Boolean).map(Number));
      expect(inputs).toHaveLength(47);
      const wrong = inputs.filter((t, i) => String(engine.encode(t, { special: false })) !== String(ids[i]));
      expect(wrong).toEqual([]);
    });
  });
  if (published === undefined) continue;
  describeWithAssets(`${vector} as published`, [base, `tokenizers/${published}`], (file, folder) => {
    test('vocabulary, merges and added tokens equal those of tokenizer.json', async () => {
      const { tokenizer } = await read(readFileSync(file as string));
      const own = JSON.parse(readFileSync(`${folder}/tokenizer.json`, 'utf8'));
      const { vocab, merges } = tokenizer.model as {
        vocab: Record<string, number>;
        merges: [string, string][];
      };
      expect(merges.map((pair) => pair.join(' ')).join('\n')).toBe(own.model.merges.join('\n'));
      const strange = Object.entries(own.model.vocab).filter(([piece, id]) => vocab[piece] !== id);
      expect(strange).toEqual([]);
      const added = (list: Record<string, unknown>[]) =>
        list.map((t) => `${t.id} ${t.content} ${t.rstrip} ${t.special}`).join('\n');
      expect(added(tokenizer.added_tokens as Record<string, unknown>[])).toBe(added(own.added_tokens));
      expect(tokenizer.decoder).toEqual(own.decoder);
      expect(tokenizer.normalizer).toEqual(own.normalizer);
    });
  });
}

/** SentencePiece's rule, implemented directly: join the neighbours with the best joint piece, leftmost among equals. */
function sentencePiece(line: string, score: ReadonlyMap<string, number>): string[] {
  const parts = Array.from(`▁${line.replaceAll(' ', '▁')}`);
  for (;;) {
    let best = -1;
    let most = Number.NEGATIVE_INFINITY;
    for (let i = 0; i + 1 < parts.length; i++) {
      const s = score.get(`${parts[i]}${parts[i + 1]}`);
      if (s === undefined || s <= most) continue;
      most = s;
      best = i;
    }
    if (best < 0) return parts;
    parts.splice(best, 2, `${parts[best]}${parts[best + 1]}`);
  }
}

describeWithAssets(
  'merges made from scores',
  ['vectors/ggml-vocab-llama-spm.gguf', 'text/tinystories_300.json'],
  (file, stories) => {
    test('join as SentencePiece does', async () => {
      const gguf = await openGguf(memorySource('m.gguf', readFileSync(file as string)));
      const tokens = gguf.metadata.get('tokenizer.ggml.tokens') as string[];
      const scores = gguf.metadata.get('tokenizer.ggml.scores') as Float32Array;
      const score = new Map(tokens.map((t, i) => [t, scores[i] as number]));
      const { engine } = await tokenizerOf(readFileSync(file as string));
      const random = seededRandom(9);
      const pick = (n: number) => Math.floor(random() * n);
      const words = JSON.stringify(JSON.parse(readFileSync(stories as string, 'utf8'))).split(' ');
      // Words of stories, random pieces, runs of spaces and of one letter.
      const wild = () => {
        const kind = pick(4);
        if (kind === 0) return words[pick(words.length)] as string;
        if (kind === 1) return (tokens[300 + pick(31_000)] as string).replaceAll('▁', ' ');
        return kind === 2 ? ' '.repeat(pick(40)) : String.fromCharCode(97 + pick(26)).repeat(pick(9));
      };
      let wrong = 0;
      for (let i = 0; i < 700; i++) {
        const line = Array.from({ length: 8 }, wild).join(random() < 0.5 ? ' ' : '');
        const want = sentencePiece(line, score).filter((piece) => score.has(piece));
        const got = engine.encode(line, { special: false }).map((id) => tokens[id] as string);
        const pieces = got.filter((piece) => !/^<0x..>$/.test(piece));
        if (pieces.join('|') !== want.join('|')) wrong++;
      }
      expect(wrong).toBe(0);
    });
  },
);

/** Returns the metadata that llama.cpp's converter makes of a published byte-level tokenizer. */
function asGguf(own: PublishedTokenizer, pre: string): ReadonlyMap<string, GgufValue> {
  const tokens: string[] = [];
  for (const [token, id] of Object.entries(own.model.vocab)) tokens[id] = token;
  const types = new Int32Array(Math.max(tokens.length, ...own.added_tokens.map((t) => t.id + 1))).fill(1);
  for (const { id, content, special } of own.added_tokens) {
    tokens[id] = content;
    types[id] = special ? 3 : 4;
  }
  const merges = own.model.merges.map((m) => (typeof m === 'string' ? m : m.join(' ')));
  return new Map<string, GgufValue>([
    ['tokenizer.ggml.model', 'gpt2'],
    ['tokenizer.ggml.pre', pre],
    ['tokenizer.ggml.tokens', Array.from(types, (_, id) => tokens[id] ?? `[PAD${id}]`)],
    ['tokenizer.ggml.token_type', types],
    ['tokenizer.ggml.merges', merges],
  ]);
}

interface PublishedTokenizer {
  readonly model: { readonly vocab: Record<string, number>; readonly merges: (string | [string, string])[] };
  readonly added_tokens: { readonly id: number; readonly content: string; readonly special: boolean }[];
}

for (const [folder, pre] of [
  ['llama3.2-1b', 'llama-bpe'],
  ['qwen2.5', 'qwen2'],
  ['smollm', 'smollm'],
] as const) {
  const needed = [`tokenizers/${folder}`, 'vectors/ggml-vocab-qwen2.gguf.inp'];
  describeWithAssets(`${folder} through its metadata`, needed, (published, inp) => {
    test('gives the same ids as its tokenizer.json', async (t) => {
      // The other vocabularies are ten times as large, and go the same way.
      if (folder !== 'smollm' && onDemand !== undefined) return t.skip(onDemand);
      const own = JSON.parse(readFileSync(`${published}/tokenizer.json`, 'utf8'));
      const source = memorySource('m.gguf', new Uint8Array(0));
      const made = readTokenizer({ source, version: 3, metadata: asGguf(own, pre), tensors: [] });
      const ours = createTokenizer({ tokenizer: made.tokenizer, config: made.tokenizerConfig });
      const theirs = createTokenizer({ tokenizer: own });
      const texts = readFileSync(inp as string, 'utf8').split('\n__ggml_vocab_test__\n');
      texts.push(own.added_tokens.map((token: { content: string }) => token.content).join(' and 1234'));
      for (const each of texts) {
        const ids = theirs.encode(each, { special: false });
        expect(ours.encode(each, { special: false })).toEqual(ids);
        expect(ours.decode(ids)).toBe(theirs.decode(ids));
      }
    });
  });
}
