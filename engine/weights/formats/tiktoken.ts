/**
 * Converts a vocabulary of tiktoken to tokenizer.json, for checkpoints that their authors published without one: GLM-4
 * (`tokenizer.model`), Qwen-1 (`qwen.tiktoken`), Llama 3 (`original/tokenizer.model`), Kimi and Moonlight
 * (`tiktoken.model`). Each line is a token in base64 and its rank. Source: tiktoken's `load.py` and `lib.rs`.
 *
 * tiktoken joins the two neighbours whose joint token has the lowest rank, and takes a word that is a token as it is. So
 * every split of a token into two tokens becomes a merge, ranked by the token's rank, and merges are ignored for whole
 * words.
 *
 * How a text is split into words is not in the file, but in Python code beside it. That is never run: the classes below
 * are known by name, and others are refused by name.
 */
import { LETTERS } from '../../base/byte-letters.ts';
import { fail } from '../../base/errors.ts';
import { byteLevelBpe } from './byte-level-bpe.ts';
import { postProcessor, type SpecialToken } from './post-processor.ts';
import { mergesOf } from './sentencepiece-bpe.ts';

/** Well above the size of any published vocabulary, in lines; and the length of a token, in bytes. */
const LIMITS = { ranks: 2 ** 21, token: 256 } as const;
const FIRST_LINE = /^[A-Za-z\d+/]+={0,2} \d{1,8}(?:\r?\n|$)/;

/** What a tokenizer class knows and its files do not say. */
interface TiktokenClass {
  /** Splits a text into words. */
  readonly words: string;
  readonly normalizer?: unknown;
  /** Special tokens after the vocabulary, if tokenizer_config.json lists none. */
  readonly special: (first: number) => readonly SpecialToken[];
  /** Tokens that begin every text. */
  readonly before?: readonly string[];
}

const numbered = (names: readonly string[], first: number) =>
  names.map((content, i) => ({ id: first + i, content }));
const countTo = (count: number, name: (i: number) => string, from = 0) =>
  Array.from({ length: count }, (_, i) => name(from + i));
const cl100k = (digits: string) =>
  `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}${digits}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`;
const UPPER = '[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}&&[^\\p{Han}]]';
const LOWER = '[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}&&[^\\p{Han}]]';
const SHORT = "(?i:'s|'t|'re|'ve|'m|'ll|'d)?";

const GLM4: TiktokenClass = {
  words: cl100k('{1,3}'),
  special: (first) =>
    numbered(
      [
        ...['<|endoftext|>', '[MASK]', '[gMASK]', '[sMASK]', '<sop>', '<eop>'],
        ...['<|system|>', '<|user|>', '<|assistant|>', '<|observation|>'],
        ...['<|begin_of_image|>', '<|end_of_image|>', '<|begin_of_video|>', '<|end_of_video|>'],
      ],
      first,
    ),
  before: ['[gMASK]', '<sop>'],
};
const QWEN: TiktokenClass = {
  words: cl100k(''),
  normalizer: { type: 'NFC' },
  special: (first) =>
    numbered(
      ['<|endoftext|>', '<|im_start|>', '<|im_end|>', ...countTo(205, (i) => `<|extra_${i}|>`)],
      first,
    ),
};
const LLAMA3: TiktokenClass = {
  words: cl100k('{1,3}'),
  special: (first) =>
    numbered(
      [
        ...['<|begin_of_text|>', '<|end_of_text|>'],
        ...['<|reserved_special_token_0|>', '<|reserved_special_token_1|>', '<|finetune_right_pad_id|>'],
        ...['<|step_id|>', '<|start_header_id|>', '<|end_header_id|>', '<|eom_id|>', '<|eot_id|>'],
        ...['<|python_tag|>', ...countTo(245, (i) => `<|reserved_special_token_${i}|>`, 2)],
      ],
      first,
    ),
  before: ['<|begin_of_text|>'],
};
const KIMI: TiktokenClass = {
  words: `[\\p{Han}]+|[^\\r\\n\\p{L}\\p{N}]?${UPPER}*${LOWER}+${SHORT}|[^\\r\\n\\p{L}\\p{N}]?${UPPER}+${LOWER}*${SHORT}|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`,
  special: (first) =>
    numbered(
      countTo(256, (i) => `<|reserved_token_${first + i}|>`),
      first,
    ),
};

/** By the class of Python, as tokenizer_config.json names it. */
const CLASSES: Readonly<Record<string, TiktokenClass>> = {
  ChatGLM4Tokenizer: GLM4,
  QWenTokenizer: QWEN,
  HYTokenizer: { ...QWEN, normalizer: null },
  TikTokenTokenizer: KIMI,
  PreTrainedTokenizerFast: LLAMA3,
};
/** By `model_type`, where no class is named. */
const FAMILIES: Readonly<Record<string, string>> = {
  chatglm: 'ChatGLM4Tokenizer',
  glm: 'ChatGLM4Tokenizer',
  glm4: 'ChatGLM4Tokenizer',
  qwen: 'QWenTokenizer',
  llama: 'PreTrainedTokenizerFast',
};

/** Whether these bytes begin as a vocabulary of tiktoken does. */
export function isTiktoken(bytes: Uint8Array): boolean {
  return FIRST_LINE.test(latin(bytes.subarray(0, 1024)));
}

/**
 * Returns the contents of tokenizer.json and tokenizer_config.json as objects. `config`: tokenizer_config.json, or
 * nothing; `modelType`: `model_type` of config.json. Throws `tokenizer-damaged`, `model-limit`, and `model-unknown` for
 * a tokenizer class that is not known.
 */
export function tiktokenFiles(
  bytes: Uint8Array,
  who: string,
  config: Readonly<Record<string, unknown>>,
  modelType: unknown,
) {
  const known = classOf(config, modelType);
  const tokens = ranksOf(bytes, who);
  const vocab = new Map<string, number>();
  for (const [rank, token] of tokens) {
    if (vocab.has(token)) damaged(who, 'each token once', `rank ${rank}`);
    vocab.set(token, rank);
  }
  const first = Math.max(...[...tokens.keys()].slice(-1), tokens.size - 1) + 1;
  const special = specialTokens(config, known, first);
  const scores: number[] = [];
  for (const rank of tokens.keys()) scores[rank] = -rank;
  const before = (known.before ?? []).flatMap((name) => special.filter(({ content }) => content === name));
  const pattern = { Regex: known.words };
  const bytesOnly = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false };
  return {
    tokenizer: {
      version: '1.0',
      added_tokens: special.map(({ id, content }) => ({
        id,
        content,
        single_word: false,
        lstrip: false,
        rstrip: false,
        normalized: false,
        special: true,
      })),
      normalizer: known.normalizer ?? null,
      pre_tokenizer: {
        type: 'Sequence',
        pretokenizers: [{ type: 'Split', pattern, behavior: 'Isolated', invert: false }, bytesOnly],
      },
      post_processor: postProcessor(before, []),
      decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
      model: byteLevelBpe(Object.fromEntries(vocab), mergesOf(vocab, scores), true),
    },
    config: { clean_up_tokenization_spaces: false },
  };
}

/** The class that the config names, or that the model's family has. */
function classOf(config: Readonly<Record<string, unknown>>, modelType: unknown): TiktokenClass {
  const map = config.auto_map as { readonly AutoTokenizer?: readonly unknown[] | string } | undefined;
  const auto = [map?.AutoTokenizer ?? []].flat().find((name) => typeof name === 'string');
  const stated = auto?.split('.').pop() ?? config.tokenizer_class;
  const family =
    typeof modelType === 'string' && Object.hasOwn(FAMILIES, modelType) ? FAMILIES[modelType] : undefined;
  const name = typeof stated === 'string' ? stated : family;
  const known = name !== undefined && Object.hasOwn(CLASSES, name) ? CLASSES[name] : undefined;
  if (known !== undefined) return known;
  return fail('model-unknown', {
    who: 'tokenizer_config.json',
    where: 'tokenizer_class',
    message: 'how this class splits a text is in Python code, which is not run, and the class is not known',
    expected: Object.keys(CLASSES).join(', '),
    got: String(name ?? modelType ?? 'nothing').slice(0, 80),
  });
}

/** Special tokens that the config lists, and the class's own in the places that are left. */
function specialTokens(
  config: Readonly<Record<string, unknown>>,
  known: TiktokenClass,
  first: number,
): SpecialToken[] {
  const { added_tokens_decoder: listed } = config;
  const own = known.special(first);
  if (typeof listed !== 'object' || listed === null || Object.keys(listed).length === 0) return [...own];
  const named = Object.entries(listed).flatMap(([id, token]) => {
    const content = (token as { content?: unknown } | null)?.content;
    return typeof content === 'string' && /^\d{1,8}$/.test(id) ? [{ id: Number(id), content }] : [];
  });
  const taken = new Set(named.flatMap(({ id, content }) => [id, content]));
  return [...named, ...own.filter(({ id, content }) => !taken.has(id) && !taken.has(content))];
}

/** Tokens by rank, as letters that stand for bytes; ascending. */
function ranksOf(bytes: Uint8Array, who: string): Map<number, string> {
  const tokens = new Map<number, string>();
  let highest = -1;
  for (let at = 0, line = 1; at < bytes.length; line++) {
    const found = bytes.indexOf(10, at);
    const end = found < 0 ? bytes.length : found;
    if (end - at > LIMITS.token * 2) damaged(who, `tokens of at most ${LIMITS.token} bytes`, `line ${line}`);
    const text = latin(bytes.subarray(at, end)).trimEnd();
    at = end + 1;
    if (text === '') continue;
    const [, base64, digits] =
      /^([A-Za-z\d+/]+={0,2}) (\d{1,8})$/.exec(text) ??
      damaged(who, 'a token in base64 and its rank', `line ${line}`);
    const rank = Number(digits);
    if (rank >= LIMITS.ranks) damaged(who, `ranks below ${LIMITS.ranks}`, rank);
    if (rank <= highest) damaged(who, 'ranks in ascending order', `line ${line}`);
    highest = rank;
    tokens.set(rank, lettersOf(base64 as string, who, line));
  }
  // Without all 256 bytes there would be texts without ids.
  const single = new Set([...tokens.values()].filter((token) => token.length === 1));
  if (single.size !== 256) damaged(who, 'a token for each of the 256 bytes', `${single.size} of them`);
  return tokens;
}

function lettersOf(base64: string, who: string, line: number): string {
  try {
    let made = '';
    for (const char of atob(base64)) made += LETTERS[char.charCodeAt(0)];
    return made;
  } catch {
    return damaged(who, 'base64', `line ${line}`);
  }
}

function latin(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

function damaged(who: string, expected: string, got: string | number): never {
  return fail('tokenizer-damaged', {
    who,
    message: 'this is no vocabulary of tiktoken, or it is damaged',
    expected,
    got,
  });
}
