import { expect, test } from 'vitest';
import { mergesOf } from './sentencepiece-bpe.ts';

test('a vocabulary whose pieces can be made of others in too many ways is refused', () => {
  // All parts of one text: each place to split each part makes a merge.
  const long = 'abcdefghijklmnopqrstuvwxyz';
  const vocab = new Map<string, number>();
  for (let from = 0; from < 26; from++) {
    for (let to = from + 1; to <= 26; to++) vocab.set(long.slice(from, to), vocab.size);
  }
  const scores = new Float32Array(vocab.size);
  expect(mergesOf(vocab, scores)).toHaveLength(2925);
  expect(() => mergesOf(vocab, scores, 2924)).toThrow(
    expect.objectContaining({ code: 'model-limit', who: 'vocabulary' }),
  );
});
