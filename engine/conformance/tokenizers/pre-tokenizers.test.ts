/** The ids of GGUF vocabularies, by each name of `tokenizer.ggml.pre`, compared with llama.cpp's. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { HARD_TEXTS, pairVocabularyGguf, PRE_TOKENIZERS } from '../../testing/pair-vocabulary.ts';
import { createTokenizer } from '../../text/tokenizer.ts';
import { openGguf } from '../../weights/gguf/header.ts';
import { readTokenizer } from '../../weights/gguf/tokenizer.ts';
import { memorySource } from '../../weights/sources/memory-source.ts';

/** Made by scripts/goldens/pre-tokenizers.ts. The name '' stands for a file without one. */
const golden = JSON.parse(readFileSync(new URL('pre-tokenizers.json', import.meta.url), 'utf8')) as {
  readonly names: readonly string[];
  readonly ids: readonly (readonly number[])[];
}[];

/**
 * Texts with other ids in llama.cpp, which approximates what the models were trained with; ours are those of their
 * tokenizer.json. It does not compose characters (NFC), does not tell accents and the case of letters apart in its own
 * matcher, and takes spaces outside of ASCII for vertical tabs.
 */
const APART: Readonly<Record<string, readonly string[]>> = {
  accents: [
    ...['qwen2', 'deepseek-r1-qwen', 'megrez', 'kormo', 'f2llmv2', 'qwen35'],
    ...['gpt-4o', 'llama4', 'kanana2', 'talkie', 'minimax-m2', 'tekken'],
  ],
  case: ['tiny_aya', 'cohere2moe'],
  spaces: ['deepseek-llm', 'deepseek-coder'],
};
const SAMPLES: Readonly<Record<string, string>> = {
  accents: 'e\u0301 n\u0303',
  case: 'camelCaseHTTP',
  spaces: '\u00a0no\u2003em',
};

async function tokenizerOf(pre: string) {
  const file = pairVocabularyGguf(pre === '' ? undefined : pre);
  const { tokenizer, tokenizerConfig } = readTokenizer(await openGguf(memorySource('m.gguf', file)));
  return createTokenizer({ tokenizer, config: tokenizerConfig });
}

test('every known name has a golden', () => {
  expect(golden.flatMap(({ names }) => names).toSorted()).toEqual([...PRE_TOKENIZERS, ''].toSorted());
});

describe.each(golden)('$names.0 and $names.length names in all', ({ names, ids }) => {
  test.each(names)('%s', async (name) => {
    const tokenizer = await tokenizerOf(name);
    const wrong = HARD_TEXTS.filter(
      (text, i) => String(tokenizer.encode(text, { special: false })) !== String(ids[i]),
    );
    const apart = Object.keys(APART).filter((kind) => APART[kind]?.includes(name));
    expect(
      wrong.map((text) => apart.find((kind) => text.startsWith(SAMPLES[kind] as string)) ?? text),
    ).toEqual(apart);
    for (const text of HARD_TEXTS) {
      const made = tokenizer.decode(tokenizer.encode(text, { special: false }));
      expect(made.normalize('NFC')).toBe(text.normalize('NFC'));
    }
  });
});
