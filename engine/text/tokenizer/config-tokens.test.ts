/** Added tokens that tokenizer.json lacks and the configs beside it name. */
import { expect, test } from 'vitest';
import { createTokenizer } from '../tokenizer.ts';

const json = () => ({
  added_tokens: [{ id: 0, content: '<unk>', special: true }],
  model: {
    type: 'BPE',
    unk_token: '<unk>',
    vocab: { '<unk>': 0, a: 1, b: 2, '<': 3, '>': 4, s: 5, '<s>': 6, '</s>': 7, e: 8 },
    merges: [],
  },
});

test('special tokens by name, which the vocabulary has as ordinary ones, are found in texts and not shown', () => {
  const bare = createTokenizer({ tokenizer: json() });
  expect(bare.encode('a<s>', { special: false })).toEqual([1, 3, 5, 4]);
  const config = { bos_token: '<s>', additional_special_tokens: ['</s>'], pad_token: '<pad>' };
  const named = createTokenizer({ tokenizer: json(), config });
  expect(named.encode('a<s>b</s>', { special: false })).toEqual([1, 6, 2, 7]);
  expect(named.decode([1, 6, 2, 7])).toBe('a b');
  // The model has no row for it.
  expect(named.id('<pad>')).toBeUndefined();
});

test('entries of added_tokens_decoder are added, and their flags win', () => {
  const token = { content: '<e>', lstrip: false, rstrip: true, normalized: false, special: false };
  const tokenizer = createTokenizer({
    tokenizer: {
      ...json(),
      added_tokens: [...json().added_tokens, { id: 9, content: '<b>', special: true }],
    },
    config: { added_tokens_decoder: { '9': { content: '<b>', special: false }, '10': token } },
  });
  expect(tokenizer.encode('a<e>  b<b>', { special: false })).toEqual([1, 10, 2, 9]);
  expect(tokenizer.decode([10, 9])).toBe('<e> <b>');
  expect(tokenizer.size).toBe(11);
});

test('an id that another token has is refused by name', () => {
  const config = { added_tokens_decoder: { '1': { content: '<x>' } } };
  expect(() => createTokenizer({ tokenizer: json(), config })).toThrow(
    expect.objectContaining({ code: 'tokenizer-damaged', where: 'added_tokens_decoder["1"]' }),
  );
});

test.each([
  ['normalizer', { type: 'Smoke' }],
  ['pre_tokenizer', { type: 'UnicodeScripts' }],
  ['pre_tokenizer', { type: 'Sequence', pretokenizers: [{ type: 'Smoke' }] }],
  ['post_processor', { type: 'Smoke' }],
  ['decoder', { type: 'CTC' }],
])('a %s of an unknown type is refused by name: %j', (part, value) => {
  expect(() => createTokenizer({ tokenizer: { ...json(), [part]: value } })).toThrow(
    expect.objectContaining({ code: 'tokenizer-damaged', where: expect.stringMatching(`^${part}.*type$`) }),
  );
});

test('merges of tokens that do not exist, and chance, are refused', () => {
  const { model } = json();
  for (const change of [
    { merges: ['a z'] },
    { merges: ['a b'] },
    { dropout: 0.1 },
    { unk_token: '<none>' },
  ]) {
    expect(() => createTokenizer({ tokenizer: { ...json(), model: { ...model, ...change } } })).toThrow(
      expect.objectContaining({ code: 'tokenizer-damaged' }),
    );
  }
});
