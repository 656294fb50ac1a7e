/**
 * Text to ids and back with the model's own tokenizer.json (`tokenizer/pipeline.ts`). This file adds the tokens of
 * tokenizer_config.json and the rules for the token that begins a text (BOS).
 *
 * Not here: incremental decoding (`stream-decoder.ts`), dialogues (`chat-template.ts`).
 */
import { EngineError, fail } from '../base/errors.ts';
import { type ControlTokens, encodeContent } from './encode-content.ts';
import type { ContentRange } from './mark-content.ts';
import { streamDecoder, type StreamDecoder } from './stream-decoder.ts';
import { isThoughtMark } from './probes/thought-marks.ts';
import { withConfigTokens } from './tokenizer/config-tokens.ts';
import { TextPipeline } from './tokenizer/pipeline.ts';
import { checkSpecialTokens, checkTokenizerJson } from './tokenizer/tokenizer-json.ts';

export interface Tokenizer {
  /** Exclusive upper bound of the token ids. */
  readonly size: number;
  readonly bosId: number | undefined;
  readonly bosToken: string | undefined;
  readonly eosId: number | undefined;
  readonly eosToken: string | undefined;
  /** Special tokens by the names that the config gives them, as `pad_token`. */
  readonly named: Readonly<Record<string, string>>;
  /** The spelling of a token, special tokens included. Undefined for an unknown id. */
  token(id: number): string | undefined;
  /** The id of a token by its spelling. Undefined for an unknown one. */
  id(token: string): number | undefined;
  /** Tokens that content must not spell: special tokens but the unknown one, marks of thoughts, tokens that the template spells. */
  readonly controls: ControlTokens;
  /**
   * Encodes text. `special` adds the tokens that the tokenizer puts around a text, such as BOS. In the ranges of
   * `content`, spellings of control tokens are ordinary text.
   */
  encode(
    text: string,
    options: { readonly special: boolean; readonly content?: readonly ContentRange[] },
  ): number[];
  /** Decodes ids. Special tokens produce no text; spaces are not cleaned up. */
  decode(ids: readonly number[]): string;
  /** Decodes incrementally. `continues`: the ids continue an earlier text, so a leading space is kept. */
  stream(options?: { readonly continues?: boolean }): StreamDecoder;
}

/** Parsed tokenizer.json and, if there is one, tokenizer_config.json. */
export interface TokenizerInput {
  readonly tokenizer: Readonly<Record<string, unknown>>;
  readonly config?: Readonly<Record<string, unknown>> | undefined;
  /** The chat template; tokens that it spells are control tokens even if they are not marked as special. */
  readonly template?: string | undefined;
}

const FILE = 'tokenizer.json';

/**
 * Throws `tokenizer-damaged` for a file that is damaged or of an unknown kind, `model-limit` for one that demands more
 * than any known tokenizer. Encoding throws `model-limit` too, where an expression takes too many steps on the text.
 */
export function createTokenizer({ tokenizer, config = {}, template = '' }: TokenizerInput): Tokenizer {
  checkSpecialTokens(config);
  const json = withConfigTokens(checkTokenizerJson(tokenizer), config);
  const inner = guarded('a tokenizer with known parts', () => new TextPipeline(json));
  const bosToken = tokenText(config.bos_token);
  const eosToken = tokenText(config.eos_token);
  const idOf = (token: string | undefined) => (token === undefined ? undefined : inner.id(token));
  const bosId = idOf(bosToken);
  const addsBos = bosRule(config);

  const encode = (text: string, special: boolean): number[] => {
    const ids = inner.encode(text, special);
    if (!special || bosId === undefined || addsBos === undefined) return ids;
    const has = ids[0] === bosId;
    if (addsBos && !has) return [bosId, ...ids];
    // Keep the token if the text itself spells it.
    return !addsBos && has && !text.startsWith(bosToken as string) ? ids.slice(1) : ids;
  };
  const skipped = (id: number) => isSpecial(inner.added.get(id)?.special, inner.token(id), config);
  const decode = (ids: readonly number[]): string => inner.decode(ids, skipped);

  smokeTest(encode, decode);
  const controls = controlTokens(inner, config, template, unknownOf(json.model));
  return {
    size: inner.size,
    controls,
    bosId,
    bosToken,
    eosId: idOf(eosToken),
    eosToken,
    named: namedTokens(config),
    token: (id) => inner.token(id),
    id: (token) => inner.id(token),
    encode: (text, { special, content = [] }) =>
      guarded('text that can be encoded', () => encodeContent({ text, content }, controls, special, encode)),
    decode,
    stream: ({ continues = false } = {}) =>
      streamDecoder({
        decoder: json.decoder,
        token: (id) => inner.token(id) ?? '',
        skipped: (id) => inner.token(id) === undefined || skipped(id),
        literal: (id) => inner.added.has(id),
        decode,
        continues,
      }),
  };
}

/**
 * Whether a text begins with BOS: true or false if the config decides, undefined if the post-processor of
 * tokenizer.json decides. As in transformers, `add_bos_token` decides if given; otherwise the Llama, Gemma and Cohere
 * classes add BOS.
 */
function bosRule(config: Readonly<Record<string, unknown>>): boolean | undefined {
  if (typeof config.add_bos_token === 'boolean') return config.add_bos_token;
  return /^(?:Code)?(?:Llama|Gemma|Cohere)Tokenizer(?:Fast)?$/.test(String(config.tokenizer_class))
    ? true
    : undefined;
}

/** Reads `"<s>"` or `{ "content": "<s>", … }`. */
function tokenText(token: unknown): string | undefined {
  const text = typeof token === 'object' && token !== null ? (token as { content?: unknown }).content : token;
  return typeof text === 'string' ? text : undefined;
}

function namedTokens(config: Readonly<Record<string, unknown>>): Record<string, string> {
  const extra = config.extra_special_tokens;
  const all = {
    ...config,
    ...(typeof extra === 'object' && extra !== null && !Array.isArray(extra) ? extra : {}),
  };
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, token]) => {
      const spelling = /^[a-z_]+_token$/.test(name) ? tokenText(token) : undefined;
      return spelling === undefined ? [] : [[name, spelling]];
    }),
  );
}

function isSpecial(
  flag: boolean | undefined,
  token: string | undefined,
  config: Readonly<Record<string, unknown>>,
): boolean {
  if (flag === true) return true;
  const more = config.additional_special_tokens;
  return token !== undefined && Array.isArray(more) && more.includes(token);
}

/** Spellings that are control tokens even where no flag says so, as `<|fim_prefix|>`. */
const MARK = /^<[|｜].*[|｜]>$/u;

function controlTokens(
  inner: TextPipeline,
  config: Readonly<Record<string, unknown>>,
  template: string,
  unknown: string | number | undefined,
): ControlTokens {
  const named = [config.bos_token, config.eos_token, config.pad_token].map(tokenText);
  const more = Array.isArray(config.additional_special_tokens) ? config.additional_special_tokens : [];
  const byId = new Map<number, string>();
  for (const spelling of [...named, ...more.map(tokenText)]) {
    const id = spelling === undefined ? undefined : inner.id(spelling);
    if (id !== undefined) byId.set(id, spelling as string);
  }
  for (const [id, { content, special }] of inner.added) {
    const isControl = special || isThoughtMark(content) || MARK.test(content) || template.includes(content);
    // Templates contain blanks too, but those are ordinary text.
    if (isControl && content.trim() !== '') byId.set(id, content);
  }
  const ids = new Set(byId.keys());
  // Characters that the vocabulary lacks give this id, so a text with it spells nothing; some use an end for it.
  const unknownId = typeof unknown === 'string' ? inner.id(unknown) : unknown;
  if (unknownId !== undefined && !named.some((token) => token !== undefined && inner.id(token) === unknownId))
    ids.delete(unknownId);
  return { spellings: [...byId.values()], ids };
}

/** The token of the vocabulary's model for what it does not know. */
function unknownOf(model: unknown): string | number | undefined {
  const { unk_token: token, unk_id: id } = (model ?? {}) as { unk_token?: unknown; unk_id?: unknown };
  return typeof token === 'string' ? token : typeof id === 'number' ? id : undefined;
}

/** Encodes and decodes once. A damaged part often fails only when it is used. */
function smokeTest(
  encode: (text: string, special: boolean) => number[],
  decode: (ids: number[]) => string,
): void {
  guarded('a tokenizer that can encode and decode', () => {
    for (const special of [false, true]) {
      const ids = encode('A siskin reads 12 pages, für Dich.\n', special);
      if (!ids.every(Number.isInteger)) throw new Error('a token without an id');
      decode(ids);
    }
  });
}

function guarded<T>(expected: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    if (cause instanceof EngineError) throw cause;
    const got = cause instanceof Error ? cause.message : String(cause);
    return fail('tokenizer-damaged', {
      who: FILE,
      message: 'the tokenizer does not work',
      expected,
      got,
      cause,
    });
  }
}
