/** The vocabulary in a GGUF file, as its kinds share it. */
import type { Metadata } from './value.ts';

/** `enum llama_token_type`, as `tokenizer.ggml.token_type` has it. */
export const TOKEN = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;

export interface Vocabulary {
  /** By id. */
  readonly tokens: readonly string[];
  readonly types: ArrayLike<number>;
  readonly ask: Metadata;
  readonly who: string;
}

/** What the two kinds differ in. */
export interface TokenizerParts {
  readonly model: Record<string, unknown>;
  readonly normalizer: unknown;
  readonly preTokenizer: unknown;
  readonly decoder: unknown;
  /** Whether a text begins with BOS where the file does not say. */
  readonly addBos: boolean;
}

export function readVocabulary(ask: Metadata, who: string): Vocabulary {
  const key = 'tokenizer.ggml.tokens';
  const tokens = ask.texts(key);
  if (tokens === undefined || tokens.length === 0) {
    return ask.damaged(key, 'the file has no vocabulary', 'a list of texts', tokens);
  }
  const typeKey = 'tokenizer.ggml.token_type';
  const types = ask.numbers(typeKey) ?? new Uint8Array(tokens.length).fill(TOKEN.normal);
  if (types.length !== tokens.length) {
    ask.damaged(typeKey, 'the list has another length than the tokens', tokens.length, types.length);
  }
  return { tokens, types, ask, who };
}

export interface Token {
  readonly id: number;
  readonly content: string;
}

/** The token that a key names; a number beyond the vocabulary is damage, since ids become places in arrays. */
export function namedToken({ ask, tokens }: Vocabulary, name: string): Token | undefined {
  const key = `tokenizer.ggml.${name}`;
  const id = ask.count(key);
  if (id === undefined) return undefined;
  const content = tokens[id];
  if (content !== undefined) return { id, content };
  // Written by some converters where a model has no such token.
  if (id === 0xffffffff) return undefined;
  return ask.damaged(key, 'there is no such token', `below ${tokens.length}`, id);
}

/** Added by llama.cpp's converter where the embedding has more rows than the vocabulary has tokens. */
export function isFiller(token: string, id: number): boolean {
  return token === `[PAD${id}]`;
}

/** Ids by text; without the fillers that only make the vocabulary as long as the embedding. */
export function vocabOf({ tokens }: Vocabulary): Map<string, number> {
  const vocab = new Map<string, number>();
  for (const [id, token] of tokens.entries()) {
    if (token === '' || isFiller(token, id)) continue;
    if (!vocab.has(token)) vocab.set(token, id);
  }
  return vocab;
}
