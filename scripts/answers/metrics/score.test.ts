import { describe, expect, test } from 'vitest';
import { pageText } from '../../../app/testing/builders.ts';
import type { AnswerItem } from '../items.ts';
import type { WrittenAnswer } from '../records.ts';
import { meanOf, scoresOf } from './score.ts';

const page = pageText({
  title: 'The linnet',
  text: 'The linnet is a small finch of 20 grams. It nests in gorse. John Clare wrote a poem about it in 1821.',
});
const points: AnswerItem = {
  id: 'linnet',
  task: 'key-points',
  request: { kind: 'summary', style: { type: 'key-points', length: 'medium' } },
  page,
  plain: 'Write the key points.',
};
const answer = (text: string, change: Partial<WrittenAnswer> = {}): WrittenAnswer => ({
  text,
  raw: text,
  stop: 'end',
  tokens: 10,
  instructions: '',
  ...change,
});

describe('the scores of an answer', () => {
  test('numbers and names that the page lacks are counted, and points with a passage', () => {
    const scores = scoresOf(
      points,
      answer('- The linnet is a finch of 20 grams.\n- Mary Shelley saw 300 hawks.'),
    );
    expect(scores.form).toEqual([1, 1]);
    expect(scores.passages).toEqual([1, 2]);
    expect(scores.invented[0]).toBe(2);
    expect(scores.language).toEqual([1, 1]);
  });

  test('an answer at its limit did not end, one in another language is no answer to the page', () => {
    const german = 'Der Hänfling ist ein kleiner Fink und nistet auf der Heide und in dem Ginster.';
    const scores = scoresOf(points, answer(german, { stop: 'length' }));
    expect([scores.ended, scores.form, scores.language]).toEqual([
      [0, 1],
      [0, 1],
      [0, 1],
    ]);
  });

  test('a sentence is compared with the reference, a translation by characters', () => {
    const tldr: AnswerItem = { ...points, task: 'tldr', reference: 'A small finch that nests in gorse.' };
    expect(scoresOf(tldr, answer('A small finch that nests in gorse.'))).toMatchObject({
      rouge1: 1,
      rougeL: 1,
    });
    const translated: AnswerItem = {
      ...points,
      task: 'translation',
      request: { kind: 'translation', text: 'It has 20 eggs.', language: 'de' },
      page: pageText({ text: 'It has 20 eggs.', title: '' }),
      reference: 'Er hat 20 Eier.',
    };
    const scores = scoresOf(translated, answer('Er hat 30 Eier.'));
    expect(scores.chrf).toBeGreaterThan(50);
    expect(scores.invented).toEqual([1, 1]);
  });
});

test('means add up counts, and leave out what an answer has not', () => {
  const one = scoresOf(points, answer('- The linnet is a finch of 20 grams.'));
  const other = scoresOf(
    { ...points, reference: 'A finch.' },
    answer('- It weighs 77 grams.', { tokens: 20 }),
  );
  const mean = meanOf([one, other]);
  expect(mean.answers).toBe(2);
  expect(mean.tokens).toBe(15);
  expect(mean.form).toEqual([2, 2]);
  expect(mean.rouge1).toBe(other.rouge1);
  expect(mean.chrf).toBeUndefined();
});
