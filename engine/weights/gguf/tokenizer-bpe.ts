/**
 * Converts a byte-level BPE vocabulary (`tokenizer.ggml.model` = `gpt2`: GPT-2, Llama 3, Qwen, SmolLM) to
 * tokenizer.json. `tokenizer.ggml.pre` names the pre-tokenizer, which splits a text into words. Names and their
 * meaning: llama.cpp's `llama-vocab.cpp`; the expressions are those of the models' tokenizer.json files.
 */
import { unsupported } from './value.ts';
import { type TokenizerParts, type Vocabulary, vocabOf } from './vocabulary.ts';

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
/** Letters with cases: what the published list of ranges stands for. */
const deepseek: Words = {
  steps: [
    split('[\\r\\n]'),
    split('\\s?[\\p{Lu}\\p{Ll}\\p{Lt}]+'),
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

const gpt2: Words = { steps: [], gpt2: true };
const digitwise: Words = { steps: [digits], gpt2: true };
const llama3: Words = { steps: [tiktoken('{1,3}')], ignoreMerges: true, addBos: true };
const qwen2: Words = { steps: [tiktoken('')], normalizer: { type: 'NFC' } };

/** By the names that llama.cpp writes; it uses `default` for files without one. */
const WORDS: Readonly<Record<string, Words>> = {
  default: gpt2,
  'gpt-2': gpt2,
  'phi-2': gpt2,
  'jina-es': gpt2,
  'jina-de': gpt2,
  mpt: gpt2,
  olmo: gpt2,
  'llama-bpe': llama3,
  llama3: llama3,
  'llama-v3': llama3,
  falcon3: llama3,
  dbrx: { ...llama3, ignoreMerges: false, addBos: false },
  'smaug-bpe': { ...llama3, ignoreMerges: false, addBos: false },
  qwen2: qwen2,
  'deepseek-r1-qwen': qwen2,
  stablelm2: { ...qwen2, normalizer: null },
  smollm: digitwise,
  starcoder: digitwise,
  refact: digitwise,
  codeshell: digitwise,
  'command-r': digitwise,
  exaone: digitwise,
  'minerva-7b': digitwise,
  mellum2: digitwise,
  mellum: gpt2,
  exaone4: gpt2,
  trillion: gpt2,
  'granite-docling': gpt2,
  gigachat: gpt2,
  'a.x-4.0': gpt2,
  jais: gpt2,
  'falcon-h1': llama3,
  pixtral: llama3,
  'midm-2.0': llama3,
  lfm2: llama3,
  megrez: qwen2,
  hunyuan: { ...qwen2, normalizer: null },
  'solar-open': { ...qwen2, normalizer: null },
  kormo: qwen2,
  'grok-2': { ...qwen2, normalizer: null },
  qwen35,
  'gpt-4o': gpt4o,
  llama4: gpt4o,
  kanana2: gpt4o,
  'minimax-m2': gpt4o,
  tekken: { steps: [byCase('', '', '[\\r\\n/]*')], ignoreMerges: true, addBos: true },
  glm4,
  'chatglm-bpe': glm4,
  'deepseek-llm': deepseek,
  'deepseek-coder': deepseekCoder,
  'deepseek-v3': deepseek3,
  'hunyuan-dense': deepseek3,
  'joyai-llm': deepseek3,
  'seed-coder': seedCoder,
};

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
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: words.ignoreMerges === true,
      vocab: Object.fromEntries(vocabOf(vocabulary)),
      merges: mergesOf(vocabulary),
    },
    normalizer: words.normalizer ?? null,
    preTokenizer:
      words.steps.length === 0 ? bytes : { type: 'Sequence', pretokenizers: [...words.steps, bytes] },
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    addBos: words.addBos === true,
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
