/**
 * A vocabulary with a one-to-one mapping of text and ids: each token after the special tokens is one character, and no
 * tokens merge. So prompts can be passed to any engine as text, and answers can be converted back to ids.
 */
import { SPECIAL_TOKENS } from './random-model.ts';

/** Maximum number of tokens of prompt and answer together. The RoPE tables have this length. */
export const CONTEXT = 4096;
/** Token i is the character at this code point plus i. Above the surrogates, so 256,000 characters are contiguous. */
const FIRST = 0x10000;
const SPECIAL = ['<unk>', '<s>', '</s>'];

export const tokensOf = (vocabulary: number): string[] =>
  Array.from({ length: vocabulary }, (_, id) => SPECIAL[id] ?? textOf([id]));

export const textOf = (ids: readonly number[]): string =>
  ids.map((id) => String.fromCodePoint(FIRST + id)).join('');

export const idsOf = (text: string): number[] =>
  Array.from(text, (character) => (character.codePointAt(0) as number) - FIRST);

/** A prompt. Prompts of different seeds differ from the first token on, so no engine can reuse its cache. */
export function promptOf(length: number, vocabulary: number, seed: number): number[] {
  const ordinary = vocabulary - SPECIAL_TOKENS;
  return Array.from({ length }, (_, i) => SPECIAL_TOKENS + ((seed * 104729 + i * 7919) % ordinary));
}

/** `tokenizer.json`: BPE without merges. */
export const tokenizerJson = (vocabulary: number): object => ({
  added_tokens: SPECIAL.map((content, id) => ({ id, content, special: true })),
  normalizer: null,
  pre_tokenizer: null,
  post_processor: null,
  decoder: { type: 'Sequence', decoders: [{ type: 'Fuse' }] },
  model: {
    type: 'BPE',
    unk_token: SPECIAL[0],
    vocab: Object.fromEntries(tokensOf(vocabulary).map((token, id) => [token, id])),
    merges: [],
  },
});
