/**
 * A vocabulary in which text and ids are the same thing: after the special tokens each token is one character, and no
 * two may merge. So a prompt can be given to any engine as text, and what it writes is read back as ids.
 */
import { SPECIAL_TOKENS } from './random-model.ts';

/** Most tokens that prompt and answer may have together; RoPE's tables are this long. */
export const CONTEXT = 4096;
/** Token i is this character and i more. Above the surrogates, so that 256,000 of them are in one piece. */
const FIRST = 0x10000;
const SPECIAL = ['<unk>', '<s>', '</s>'];

export const tokensOf = (vocabulary: number): string[] =>
  Array.from({ length: vocabulary }, (_, id) => SPECIAL[id] ?? textOf([id]));

export const textOf = (ids: readonly number[]): string =>
  ids.map((id) => String.fromCodePoint(FIRST + id)).join('');

export const idsOf = (text: string): number[] =>
  Array.from(text, (character) => (character.codePointAt(0) as number) - FIRST);

/** Not the same for any two seeds from the first token on, so that no engine can reuse another prompt's cache. */
export function promptOf(length: number, vocabulary: number, seed: number): number[] {
  const ordinary = vocabulary - SPECIAL_TOKENS;
  return Array.from({ length }, (_, i) => SPECIAL_TOKENS + ((seed * 104729 + i * 7919) % ordinary));
}

/** `tokenizer.json`: BPE without a single merge. */
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
