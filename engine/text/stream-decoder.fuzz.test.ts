/** The joined pieces of random ids must equal what the library decodes from all ids at once. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { assets, describeWithAssets } from '../../scripts/testing/assets.ts';
import { seededRandom } from '../tensor/random.ts';
import { createTokenizer, type Tokenizer } from './tokenizer.ts';

const SEED = Number(process.env.FUZZ_SEED ?? 20260101);
const ROUNDS = 300;

function open(folder: string): Tokenizer {
  const json = (name: string) => {
    const path = `${folder}/${name}`;
    return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>) : undefined;
  };
  return createTokenizer({ tokenizer: json('tokenizer.json') ?? {}, config: json('tokenizer_config.json') });
}

function joined(t: Tokenizer, ids: readonly number[], continues = false): string {
  const stream = t.stream({ continues });
  return ids.map((id) => stream.push(id)).join('') + stream.flush();
}

const folders = [
  'models/stories260K-hf-f32',
  ...['mistral-7b-v0.2', 'phi-3-mini', 'smollm', 'qwen2.5', 'qwen3', 'llama3.2-1b'].map(
    (n) => `tokenizers/${n}`,
  ),
];

for (const name of folders) {
  describeWithAssets(name, [name], (folder) => {
    const t = open(folder as string);
    test(`random ids decode the same in pieces and at once, seed ${SEED}`, () => {
      const random = seededRandom(SEED);
      for (let round = 0; round < ROUNDS; round++) {
        // Low ids include bytes and special tokens; the highest ids are added tokens.
        const span = [t.size, 300, 40][round % 3] as number;
        const from = round % 4 === 3 ? t.size - Math.min(span, t.size) : 0;
        const length = 1 + Math.floor(random() * 24);
        const ids = Array.from({ length }, () => from + Math.floor(random() * Math.min(span, t.size)));
        expect(joined(t, ids), `ids ${ids}`).toBe(t.decode(ids));
      }
    });

    test('real text decodes the same in pieces and at once, also after a prompt', () => {
      const text = 'Größe: 25 °C – 你好, мир! 👩‍🚀 naïve\n\n  indented  end ';
      const ids = t.encode(text, { special: true });
      expect(joined(t, ids)).toBe(t.decode(ids));
      const prompt = t.encode('Once', { special: true });
      const more = t.encode(' upon a time', { special: false });
      expect(t.decode(prompt) + joined(t, more, true)).toBe(t.decode([...prompt, ...more]));
    });

    test('pieces never contain incomplete characters', () => {
      const ids = t.encode('a👩‍🚀b', { special: false });
      const stream = t.stream();
      for (const id of ids) expect(stream.push(id)).not.toContain('\uFFFD');
    });
  });
}

test('decoder kinds that no test file uses decode the same in pieces and at once', () => {
  const model = { type: 'WordPiece', unk_token: '[UNK]', vocab: { '[UNK]': 0, un: 1, '##able': 2, to: 3 } };
  const t = createTokenizer({
    tokenizer: { model, decoder: { type: 'WordPiece', prefix: '##', cleanup: false }, added_tokens: [] },
  });
  for (const ids of [[1, 2, 3], [3], [3, 3, 1, 2], []]) expect(joined(t, ids)).toBe(t.decode(ids));
  const metaspace = { type: 'BPE', vocab: { '▁a': 0, b: 1, '▁': 2 }, merges: [] };
  const m = createTokenizer({
    tokenizer: { model: metaspace, decoder: { type: 'Metaspace' }, added_tokens: [] },
  });
  for (const ids of [
    [0, 1, 0],
    [2, 0],
    [1, 2],
  ])
    expect(joined(m, ids)).toBe(m.decode(ids));
});

test('the test assets are a folder or absent', () => {
  expect(typeof (assets('tokenizers') ?? 'absent')).toBe('string');
});
