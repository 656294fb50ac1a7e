import { expect, it } from 'vitest';
import { wordScore } from './word-score.ts';

it('scores words, however often and in whatever order', () => {
  expect(wordScore('a b', 'A, b!')).toEqual({ recall: 1, precision: 1, f1: 1 });
  expect(wordScore('b a a x', 'a b')).toEqual({ recall: 1, precision: 0.5, f1: 2 / 3 });
  expect(wordScore('', 'a')).toEqual({ recall: 0, precision: 0, f1: 0 });
});
