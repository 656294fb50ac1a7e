/**
 * Makes a tokenizer whose regular expressions cannot take long, whatever the text: those of published tokenizers that
 * are known to be harmless run on the platform's matcher, all others on one whose time grows with the length of the
 * text (`regex/`). A file may bring any expression, and some texts take the platform's matcher years.
 */
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { LinearRegex } from './regex/linear-regex.ts';
import { isObject, type TokenizerJson } from './tokenizer-json.ts';

const FILE = 'tokenizer.json';

/** What `Digits` splits at: a class of characters, alone or repeated, with nothing after it. */
const DIGITS = { single: '\\p{N}', runs: '\\p{N}+' };

/**
 * Expressions that are quick with any text, and used by most models: what an alternative reads in vain, another one
 * takes as a whole (Llama 3, Qwen 2 and 3, and others with the words of tiktoken's `cl100k_base`).
 */
const HARMLESS: ReadonlySet<unknown> = new Set([
  ...Object.values(DIGITS),
  ...['', '{1,3}', '+'].map(
    (digits) =>
      `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}${digits}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`,
  ),
]);

/** A part as the library makes it. `config`: its entry of tokenizer.json. */
interface Part {
  pattern?: unknown;
  readonly config?: { readonly pattern?: { readonly Regex?: unknown } };
  readonly normalizers?: readonly Part[];
  readonly tokenizers?: readonly Part[];
  readonly decoders?: readonly Part[];
}

/** What the library keeps of added tokens whose spelling is normalised first. */
interface AddedTokens {
  normalizer: ((text: string) => string) | null;
  splitter_normalized: object;
  readonly added_tokens: readonly { readonly content: string; readonly normalized: boolean }[];
  readonly added_tokens_map: Map<string, unknown>;
}

/** Throws the library's errors for a damaged part, `tokenizer-damaged` and `model-limit` for an expression. */
export function linearTokenizer(
  json: TokenizerJson,
  config: Readonly<Record<string, unknown>>,
): HuggingFaceTokenizer {
  const guarded = hasUnknownRegex(json.normalizer);
  // The library normalises added tokens at once, before an expression could be replaced.
  const normalizer = guarded ? { type: 'Sequence', normalizers: [] } : json.normalizer;
  const pre_tokenizer = withNumericDigits(json.pre_tokenizer);
  const made = new HuggingFaceTokenizer({ ...json, normalizer, pre_tokenizer }, config);
  if (guarded) setNormalizer(made as unknown as AddedTokens, normalizerOf(json));
  for (const part of [made.pre_tokenizer, made.decoder]) replacePatterns(part as unknown as Part | null);
  return made;
}

/** `Digits` splits at all numeric characters, such as `½`; the library takes decimal digits alone. */
function withNumericDigits(part: unknown): unknown {
  if (!isObject(part)) return part;
  const { type, individual_digits: single, pretokenizers: inner } = part;
  if (Array.isArray(inner)) return { ...part, pretokenizers: inner.map(withNumericDigits) };
  if (type !== 'Digits') return part;
  const pattern = { Regex: single === true ? DIGITS.single : DIGITS.runs };
  return { type: 'Split', pattern, behavior: 'Isolated', invert: false };
}

function hasUnknownRegex(part: unknown): boolean {
  if (Array.isArray(part)) return part.some(hasUnknownRegex);
  if (!isObject(part)) return false;
  const { pattern } = part;
  if (isObject(pattern) && pattern.Regex !== undefined && !HARMLESS.has(pattern.Regex)) return true;
  return Object.values(part).some(hasUnknownRegex);
}

/** The normalizer alone, with replaced expressions. */
function normalizerOf(json: TokenizerJson): (text: string) => string {
  const nothing = { pre_tokenizer: null, post_processor: null, decoder: null, added_tokens: [] };
  const model = { type: 'BPE', vocab: { a: 0 }, merges: [] };
  const { normalizer } = new HuggingFaceTokenizer({ ...nothing, model, normalizer: json.normalizer }, {});
  replacePatterns(normalizer as unknown as Part);
  return normalizer as unknown as (text: string) => string;
}

function setNormalizer(made: AddedTokens, normalizer: (text: string) => string): void {
  made.normalizer = normalizer;
  const spellings = made.added_tokens
    .filter((token) => token.normalized)
    .map((token) => {
      const spelling = normalizer(token.content);
      made.added_tokens_map.set(spelling, token);
      return spelling;
    });
  const Splitter = made.splitter_normalized.constructor as new (spellings: readonly string[]) => object;
  made.splitter_normalized = new Splitter(spellings);
}

function replacePatterns(part: Part | null | undefined): void {
  if (part === null || part === undefined) return;
  const source = part.config?.pattern?.Regex;
  if (part.pattern instanceof RegExp && source !== undefined && !HARMLESS.has(source)) {
    part.pattern = new LinearRegex(part.pattern.source, FILE);
  }
  for (const inner of [...(part.normalizers ?? []), ...(part.tokenizers ?? []), ...(part.decoders ?? [])]) {
    replacePatterns(inner);
  }
}
