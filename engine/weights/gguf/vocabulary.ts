/** The parts of a GGUF vocabulary that all kinds share. */
import type { Metadata } from './value.ts';

/** Values of `tokenizer.ggml.token_type` (`enum llama_token_type`). */
export const TOKEN = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;

/** Tokens and their types, by id, with access to the other metadata. */
export interface Vocabulary {
  /** By id. */
  readonly tokens: readonly string[];
  readonly types: ArrayLike<number>;
  readonly ask: Metadata;
  readonly who: string;
}

/** The parts of tokenizer.json that depend on the kind of vocabulary. */
export interface TokenizerParts {
  readonly model: Record<string, unknown>;
  readonly normalizer: unknown;
  readonly preTokenizer: unknown;
  readonly decoder: unknown;
  /** Whether to add BOS when the file does not say. */
  readonly addBos: boolean;
  /** Tokens before and after a text, whatever the file says. */
  readonly around?: readonly [readonly Token[], readonly Token[]];
}

/** Throws `checkpoint-damaged` for a missing or empty list of tokens, or not one type per token. */
export function readVocabulary(ask: Metadata, who: string): Vocabulary {
  const key = 'tokenizer.ggml.tokens';
  const tokens = ask.texts(key);
  if (tokens === undefined || tokens.length === 0) {
    return ask.damaged(key, 'the file has no vocabulary', 'a list of texts', tokens);
  }
  const typeKey = 'tokenizer.ggml.token_type';
  const types = ask.numbers(typeKey) ?? new Uint8Array(tokens.length).fill(TOKEN.normal);
  if (types.length !== tokens.length) {
    ask.damaged(typeKey, 'the list and the list of tokens differ in length', tokens.length, types.length);
  }
  return { tokens, types, ask, who };
}

/** A token: its id and its text. */
export interface Token {
  readonly id: number;
  readonly content: string;
}

/**
 * Returns the token whose id is in `tokenizer.ggml.<name>`; undefined for none. Throws `checkpoint-damaged` for an id
 * outside the vocabulary, since ids are used as array indices.
 */
export function namedToken({ ask, tokens }: Vocabulary, name: string): Token | undefined {
  const key = `tokenizer.ggml.${name}`;
  const id = ask.count(key);
  if (id === undefined) return undefined;
  const content = tokens[id];
  if (content !== undefined) return { id, content };
  // Some converters write this if the model has no such token.
  if (id === 0xffffffff) return undefined;
  return ask.damaged(key, 'there is no such token', `below ${tokens.length}`, id);
}

/**
 * Whether llama.cpp's converter added this token because the embedding has more rows than the vocabulary has tokens.
 */
export function isFiller(token: string, id: number): boolean {
  return token === `[PAD${id}]`;
}

/** Ids by text, without empty tokens and fillers. */
export function vocabOf({ tokens }: Vocabulary): Map<string, number> {
  const vocab = new Map<string, number>();
  for (const [id, token] of tokens.entries()) {
    if (token === '' || isFiller(token, id)) continue;
    if (!vocab.has(token)) vocab.set(token, id);
  }
  return vocab;
}
