/**
 * Converts a byte-level BPE vocabulary (`tokenizer.ggml.model` = `gpt2`: GPT-2, Llama 3, Qwen, SmolLM) to
 * tokenizer.json. `tokenizer.ggml.pre` names the pre-tokenizer, which splits a text into words. Names and their
 * meaning: llama.cpp's `llama-vocab.cpp`; the expressions are those of the models' tokenizer.json files.
 */
import { byteLevelBpe } from '../formats/byte-level-bpe.ts';
import { unsupported } from './value.ts';
import { namedToken, type TokenizerParts, type Vocabulary, vocabOf } from './vocabulary.ts';

interface Words {
  /** Pre-tokenizers before the byte-level one. */
  readonly steps: readonly unknown[];
  /** The byte-level pre-tokenizer splits as GPT-2 does. */
  readonly gpt2?: boolean;
  readonly normalizer?: unknown;
  /** A word that is a token is taken as it is, without merges. */
  readonly ignoreMerges?: boolean;
  readonly addBos?: boolean;
}

const split = (regex: string) => ({
  type: 'Split',
  pattern: { Regex: regex },
  behavior: 'Isolated',
  invert: false,
});
/** Splits into contractions, letters, numbers of `n` digits (a quantifier), punctuation, line breaks and spaces. */
const tiktoken = (n: string) =>
  split(
    `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}${n}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`,
  );
/** Each numeric character, also `½`, as the library of the published files has it. */
const digits = split('\\p{N}');
/** Letters by their case, with or without English contractions; words of `o200k_base` and its relatives. */
const byCase = (contractions: string, n: string, after: string) =>
  split(
    `[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+${contractions}|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*${contractions}|\\p{N}${n}| ?[^\\s\\p{L}\\p{N}]+${after}|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`,
  );
const gpt4o: Words = { steps: [byCase("(?i:'s|'t|'re|'ve|'m|'ll|'d)?", '{1,3}', '[\\r\\n/]*')] };
const glm4: Words = { steps: [tiktoken('{1,3}')] };
const deepseek3: Words = {
  steps: [
    split('\\p{N}{1,3}'),
    split('[一-龥぀-ゟ゠-ヿ]+'),
    split(
      '[!"#$%&\'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+',
    ),
  ],
};
/** Letters with cases, as the published list of ranges has them: without those of mathematics, and modern Georgian. */
const CASED =
  'A-Za-z\\x{b5}\\x{c0}-\\x{d6}\\x{d8}-\\x{f6}\\x{f8}-\\x{1ba}\\x{1bc}-\\x{1bf}\\x{1c4}-\\x{293}\\x{295}-\\x{2af}\\x{370}-\\x{373}\\x{376}\\x{377}\\x{37b}-\\x{37d}\\x{37f}\\x{386}\\x{388}-\\x{38a}\\x{38c}\\x{38e}-\\x{3a1}\\x{3a3}-\\x{3f5}\\x{3f7}-\\x{481}\\x{48a}-\\x{52f}\\x{531}-\\x{556}\\x{10a0}-\\x{10c5}\\x{13a0}-\\x{13f5}\\x{13f8}-\\x{13fd}\\x{1c90}-\\x{1cba}\\x{1cbd}-\\x{1cbf}\\x{1d00}-\\x{1d2b}\\x{1d6b}-\\x{1d77}\\x{1d79}-\\x{1d9a}\\x{1e00}-\\x{1f15}\\x{1f18}-\\x{1f1d}\\x{1f20}-\\x{1f45}\\x{1f48}-\\x{1f4d}\\x{1f50}-\\x{1f57}\\x{1f59}\\x{1f5b}\\x{1f5d}\\x{1f5f}-\\x{1f7d}\\x{1f80}-\\x{1fb4}\\x{1fb6}-\\x{1fbc}\\x{1fbe}\\x{1fc2}-\\x{1fc4}\\x{1fc6}-\\x{1fcc}\\x{1fd0}-\\x{1fd3}\\x{1fd6}-\\x{1fdb}\\x{1fe0}-\\x{1fec}\\x{1ff2}-\\x{1ff4}\\x{1ff6}-\\x{1ffc}\\x{2102}\\x{2107}\\x{210a}-\\x{2113}\\x{2115}\\x{2119}-\\x{211d}\\x{2124}\\x{2126}\\x{2128}\\x{212a}-\\x{212d}\\x{212f}-\\x{2134}\\x{2139}\\x{213c}-\\x{213f}\\x{2145}-\\x{2149}\\x{214e}\\x{2183}\\x{2184}\\x{2c00}-\\x{2c7b}\\x{2c7e}-\\x{2ce4}\\x{2ceb}-\\x{2cee}\\x{2cf2}\\x{2cf3}\\x{a640}-\\x{a66d}\\x{a680}-\\x{a69b}\\x{a722}-\\x{a76f}\\x{a771}-\\x{a787}\\x{a78b}-\\x{a78e}\\x{ab70}-\\x{abbf}\\x{fb00}-\\x{fb06}\\x{fb13}-\\x{fb17}\\x{ff21}-\\x{ff3a}\\x{ff41}-\\x{ff5a}\\x{10400}-\\x{1044f}\\x{104b0}-\\x{104d3}\\x{104d8}-\\x{104fb}\\x{10c80}-\\x{10cb2}\\x{10cc0}-\\x{10cf2}\\x{118a0}-\\x{118df}\\x{1e900}-\\x{1e943}';
const deepseek: Words = {
  steps: [
    split('[\\r\\n]'),
    split(`\\s?[${CASED}]+`),
    split('\\s?[!-/:-~！-／：-～‘-‟\\u3000-。]+'),
    split('\\s+$'),
    split('[一-龥ࠀ-一가-\\uD7FF]+'),
    split('\\p{N}+'),
  ],
};
const deepseekCoder: Words = {
  steps: [
    split('[\\r\\n]'),
    split('\\s?\\p{L}+'),
    split('\\s?\\p{P}+'),
    split('[一-龥ࠀ-一가-\\uD7FF]+'),
    split('\\p{N}'),
  ],
};
const seedCoder: Words = {
  steps: [
    split(
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}\\r\\n]+|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
    ),
  ],
};
const qwen35: Words = {
  steps: [
    split(
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
    ),
  ],
  normalizer: { type: 'NFC' },
};

/** Falcon's, and what llama.cpp takes for files that name none. */
const CLASSIC = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
const falcon: Words = {
  steps: [split('[\\p{P}$+<=>^~|`]+'), split(CLASSIC), split('[0-9][0-9][0-9]')],
};
const unnamed: Words = {
  steps: [split('[\\p{P}$+<=>^~|]+'), split(CLASSIC), split('\\p{N}+'), split('[0-9][0-9][0-9]')],
};
/** Words up to punctuation of many scripts. */
const bloomWords = split(' ?[^(\\s|.,!?…。，、।۔،)]+');

const gpt2: Words = { steps: [], gpt2: true };
const digitwise: Words = { steps: [digits], gpt2: true };
const llama3: Words = { steps: [tiktoken('{1,3}')], ignoreMerges: true, addBos: true };
const qwen2: Words = { steps: [tiktoken('')], normalizer: { type: 'NFC' } };
const bailing: Words = {
  steps: [
    split(
      "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+",
    ),
  ],
};
const jais2: Words = {
  steps: [
    split(
      `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|${[512, 256, 128, 64, 32, 16, 8, 4, '1,2'].map((n) => `\\s{${n}}(?!\\S)`).join('|')}|\\s{1}`,
    ),
  ],
};
const tinyAya: Words = { steps: [split('\\d{1,3}(?=(?:\\d{3})*\\b)'), ...gpt4o.steps] };
const spark: Words = {
  steps: [
    ...deepseek3.steps.slice(0, 2),
    split(
      '[!"#$%&\'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+|[\\r\\n]|\\s+(?!\\S)|\\s+',
    ),
    digits,
  ],
};
const withoutContractions =
  '[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+';

/** By the names that llama.cpp writes; it uses `default` for files without one. */
const WORDS: Readonly<Record<string, Words>> = {
  default: unnamed,
  ...named(gpt2, 'gpt-2 phi-2 jina-es jina-de jina-v2-es jina-v2-de mpt olmo mellum exaone4 modern-bert'),
  ...named(gpt2, 'trillion granite-docling gigachat a.x-4.0 jais'),
  ...named(llama3, 'llama-bpe llama3 llama-v3 falcon3 falcon-h1 pixtral midm-2.0 lfm2 jina-v5-nano'),
  ...named({ ...llama3, ignoreMerges: false, addBos: false }, 'dbrx smaug-bpe'),
  ...named(qwen2, 'qwen2 deepseek-r1-qwen megrez kormo f2llmv2'),
  ...named({ ...qwen2, normalizer: null }, 'stablelm2 hunyuan solar-open grok-2'),
  ...named(digitwise, 'smollm starcoder refact codeshell command-r exaone minerva-7b mellum2'),
  ...named(gpt4o, 'gpt-4o llama4 kanana2 talkie minimax-m2'),
  ...named(glm4, 'glm4 chatglm-bpe'),
  ...named(deepseek3, 'deepseek-v3 hunyuan-dense joyai-llm hy_v4'),
  ...named(tinyAya, 'tiny_aya cohere2moe'),
  ...named({ steps: [bloomWords] }, 'bloom poro-chat gpt3-finnish'),
  ...named(bailing, 'bailingmoe bailingmoe2 llada-moe'),
  qwen35,
  tekken: { steps: [byCase('', '', '[\\r\\n/]*')], ignoreMerges: true, addBos: true },
  'deepseek-llm': deepseek,
  'deepseek-coder': deepseekCoder,
  'seed-coder': seedCoder,
  falcon,
  viking: { steps: [bloomWords, digits] },
  'jais-2': jais2,
  spark2_5: spark,
  minicpm5: { steps: [split('\\p{N}{1,3}'), tiktoken('+')], ignoreMerges: true },
  ufakzeka: { steps: [split(withoutContractions)] },
  laguna: { steps: [split('[^\\n]+|\\n+'), tiktoken('')] },
};

/** The names that are known. */
export const PRE_TOKENIZERS: readonly string[] = Object.keys(WORDS);

function named(words: Words, names: string): Record<string, Words> {
  return Object.fromEntries(names.split(' ').map((name) => [name, words]));
}

/**
 * Builds the parts of tokenizer.json. Throws `model-unknown` for an unknown pre-tokenizer, `checkpoint-damaged` for
 * missing or malformed merges.
 */
export function bpeParts(vocabulary: Vocabulary): TokenizerParts {
  const { ask, who } = vocabulary;
  const key = 'tokenizer.ggml.pre';
  const name = ask.text(key) ?? 'default';
  const words = Object.hasOwn(WORDS, name) ? WORDS[name] : undefined;
  if (words === undefined) return unsupported(who, key, Object.keys(WORDS).join(', '), name);
  const bytes = {
    type: 'ByteLevel',
    add_prefix_space: false,
    trim_offsets: true,
    use_regex: words.gpt2 === true,
  };
  return {
    model: byteLevelBpe(
      Object.fromEntries(vocabOf(vocabulary)),
      mergesOf(vocabulary),
      words.ignoreMerges === true,
    ),
    normalizer: words.normalizer ?? null,
    preTokenizer:
      words.steps.length === 0 ? bytes : { type: 'Sequence', pretokenizers: [...words.steps, bytes] },
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    addBos: words.addBos === true,
  };
}

/**
 * Gemma 4 (`tokenizer.ggml.model` = `gemma4`): merges of characters, a space as `▁`, bytes for what has no token. As its
 * published tokenizer.json.
 */
export function gemmaParts(vocabulary: Vocabulary): TokenizerParts {
  const unknown = namedToken(vocabulary, 'unknown_token_id')?.content;
  const space = { String: ' ' };
  return {
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: unknown ?? null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: true,
      byte_fallback: true,
      ignore_merges: false,
      vocab: Object.fromEntries(vocabOf(vocabulary)),
      merges: mergesOf(vocabulary),
    },
    normalizer: { type: 'Replace', pattern: space, content: '▁' },
    preTokenizer: { type: 'Split', pattern: space, behavior: 'MergedWithPrevious', invert: false },
    decoder: {
      type: 'Sequence',
      decoders: [
        { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
        { type: 'ByteFallback' },
        { type: 'Fuse' },
      ],
    },
    addBos: true,
  };
}

/** The file has `"left right"`. Pieces contain no spaces, since bytes are written as letters. */
function mergesOf({ ask }: Vocabulary): [string, string][] {
  const key = 'tokenizer.ggml.merges';
  const merges = ask.texts(key) ?? ask.damaged(key, 'this entry is missing', 'a list of texts', undefined);
  return merges.map((merge, i) => {
    // Search from the second character, as llama.cpp does: in old files a piece may be a space.
    const at = merge.indexOf(' ', 1);
    if (at < 0) ask.damaged(`${key}[${i}]`, 'this is not a pair', '"text text"', merge);
    return [merge.slice(0, at), merge.slice(at + 1)];
  });
}
