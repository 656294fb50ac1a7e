/**
 * Text to ids and back with the model's own tokenizer.json. @huggingface/tokenizers does the work. This file adds
 * checks of untrusted files and the rules for the token that begins a text (BOS).
 *
 * Not here: incremental decoding (`stream-decoder.ts`), dialogues (`chat-template.ts`).
 */
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { fail } from '../base/errors.ts';
import { streamDecoder, type StreamDecoder } from './stream-decoder.ts';
import { checkTokenizerJson } from './tokenizer-json.ts';

export interface Tokenizer {
  /** Exclusive upper bound of the token ids. */
  readonly size: number;
  readonly bosId: number | undefined;
  readonly bosToken: string | undefined;
  readonly eosId: number | undefined;
  readonly eosToken: string | undefined;
  /** The spelling of a token, special tokens included. Undefined for an unknown id. */
  token(id: number): string | undefined;
  /** Encodes text. `special` adds the tokens that the tokenizer puts around a text, such as BOS. */
  encode(text: string, options: { readonly special: boolean }): number[];
  /** Decodes ids. Special tokens produce no text; spaces are not cleaned up. */
  decode(ids: readonly number[]): string;
  /** Decodes incrementally. `continues`: the ids continue an earlier text, so a leading space is kept. */
  stream(options?: { readonly continues?: boolean }): StreamDecoder;
}

/** Parsed tokenizer.json and, if there is one, tokenizer_config.json. */
export interface TokenizerInput {
  readonly tokenizer: Readonly<Record<string, unknown>>;
  readonly config?: Readonly<Record<string, unknown>> | undefined;
}

const FILE = 'tokenizer.json';

/** Throws `tokenizer-damaged` for a file that is damaged or of an unknown kind. */
export function createTokenizer({ tokenizer, config = {} }: TokenizerInput): Tokenizer {
  const json = checkTokenizerJson(tokenizer);
  const inner = guarded('a tokenizer with known parts', () => new HuggingFaceTokenizer(json, config));
  const bosToken = tokenText(config.bos_token);
  const eosToken = tokenText(config.eos_token);
  const idOf = (token: string | undefined) => (token === undefined ? undefined : inner.token_to_id(token));
  const bosId = idOf(bosToken);
  const addsBos = bosRule(config);

  const encode = (text: string, special: boolean): number[] => {
    const ids = inner.encode(text, { add_special_tokens: special }).ids;
    if (!special || bosId === undefined || addsBos === undefined) return ids;
    const has = ids[0] === bosId;
    if (addsBos && !has) return [bosId, ...ids];
    // Keep the token if the text itself spells it.
    return !addsBos && has && !text.startsWith(bosToken as string) ? ids.slice(1) : ids;
  };
  const decode = (ids: readonly number[]): string =>
    // Cleaning up spaces would change the model's output, for example "a .b".
    ids.length === 0
      ? ''
      : inner.decode([...ids], { skip_special_tokens: true, clean_up_tokenization_spaces: false });

  smokeTest(encode, decode);
  const size = largestId(inner) + 1;
  const added = inner.get_added_tokens_decoder();
  return {
    size,
    bosId,
    bosToken,
    eosId: idOf(eosToken),
    eosToken,
    token: (id) => inner.id_to_token(id) ?? undefined,
    encode: (text, { special }) => guarded('text that can be encoded', () => encode(text, special)),
    decode,
    stream: ({ continues = false } = {}) =>
      streamDecoder({
        decoder: json.decoder,
        token: (id) => inner.id_to_token(id) ?? unknownToken(json.model),
        skipped: (id) => isSpecial(added.get(id)?.special, inner.id_to_token(id), config),
        literal: (id) => added.has(id),
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

function isSpecial(
  flag: boolean | undefined,
  token: string | undefined,
  config: Readonly<Record<string, unknown>>,
): boolean {
  if (flag === true) return true;
  const more = config.additional_special_tokens;
  return token !== undefined && Array.isArray(more) && more.includes(token);
}

function unknownToken(model: unknown): string {
  const token = (model as { unk_token?: unknown }).unk_token;
  return typeof token === 'string' ? token : '';
}

function largestId(inner: HuggingFaceTokenizer): number {
  let largest = -1;
  for (const id of inner.get_vocab().values()) largest = Math.max(largest, id);
  return largest;
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
