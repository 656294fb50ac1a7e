/**
 * Text to ids and back, by the model's own tokenizer.json. The work is done by @huggingface/tokenizers; here
 * stand the checks of a file that comes from outside, and the rules for the token that begins a text (BOS).
 *
 * Not here: ids to text while they are made (`stream-decoder.ts`), dialogues (`chat-template.ts`).
 */
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { fail } from '../base/errors.ts';
import { streamDecoder, type StreamDecoder } from './stream-decoder.ts';
import { checkTokenizerJson } from './tokenizer-json.ts';

export interface Tokenizer {
  /** Ids below this one may occur; at least the vocabulary of the model file. */
  readonly size: number;
  readonly bosId: number | undefined;
  readonly bosToken: string | undefined;
  readonly eosId: number | undefined;
  readonly eosToken: string | undefined;
  /** The token's spelling, special ones included. */
  token(id: number): string | undefined;
  /** `special`: with the tokens that the tokenizer puts around a text, such as BOS. */
  encode(text: string, options: { readonly special: boolean }): number[];
  /** Special tokens leave no text. Spaces stay as the model made them. */
  decode(ids: readonly number[]): string;
  /** `continues`: the ids go on after text that the reader has, so a leading space counts. */
  stream(options?: { readonly continues?: boolean }): StreamDecoder;
}

/** Parsed tokenizer.json and, where there is one, tokenizer_config.json. */
export interface TokenizerFiles {
  readonly tokenizer: Readonly<Record<string, unknown>>;
  readonly config?: Readonly<Record<string, unknown>> | undefined;
}

const FILE = 'tokenizer.json';

export function createTokenizer({ tokenizer, config = {} }: TokenizerFiles): Tokenizer {
  const json = checkTokenizerJson(tokenizer);
  const inner = guarded('a tokenizer of known parts', () => new HuggingFaceTokenizer(json, config));
  const bosToken = tokenText(config.bos_token);
  const eosToken = tokenText(config.eos_token);
  const idOf = (token: string | undefined) => (token === undefined ? undefined : inner.token_to_id(token));
  const bosId = idOf(bosToken);
  const wantsBos = bosRule(config);

  const encode = (text: string, special: boolean): number[] => {
    const ids = inner.encode(text, { add_special_tokens: special }).ids;
    if (!special || bosId === undefined || wantsBos === undefined) return ids;
    const has = ids[0] === bosId;
    if (wantsBos && !has) return [bosId, ...ids];
    // The text may spell the token itself; then it stays.
    return !wantsBos && has && !text.startsWith(bosToken as string) ? ids.slice(1) : ids;
  };
  const decode = (ids: readonly number[]): string =>
    // Cleaning up would change what the model wrote, "a .b" for instance.
    ids.length === 0
      ? ''
      : inner.decode([...ids], { skip_special_tokens: true, clean_up_tokenization_spaces: false });

  tryOut(encode, decode);
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
 * Whether a text begins with BOS: true or false where the config decides, undefined where the
 * post-processor of tokenizer.json does. As transformers has it: `add_bos_token` counts where it is
 * given, and the Llama and Gemma classes add BOS unless told otherwise.
 */
function bosRule(config: Readonly<Record<string, unknown>>): boolean | undefined {
  if (typeof config.add_bos_token === 'boolean') return config.add_bos_token;
  return /^(?:Code)?(?:Llama|Gemma|Cohere)Tokenizer(?:Fast)?$/.test(String(config.tokenizer_class))
    ? true
    : undefined;
}

/** `"<s>"` or `{ "content": "<s>", … }`. */
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

/** A damaged part often shows only when it is used, so it is used once before a model is offered. */
function tryOut(
  encode: (text: string, special: boolean) => number[],
  decode: (ids: number[]) => string,
): void {
  guarded('a tokenizer that can encode and decode', () => {
    for (const special of [false, true]) {
      const ids = encode('Linnet reads 12 pages, für Dich.\n', special);
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
