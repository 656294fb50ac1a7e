import { describe, expect, it } from 'vitest';
import { pageText } from '../../testing/builders.ts';
import { Likeness } from '../meaning/likeness.ts';
import { sentences } from '../sentences.ts';
import { answersOf } from './answers.ts';

const page = pageText({
  title: 'The harbour of Rosedale',
  text: [
    'The harbour of Rosedale',
    'The old harbour of Rosedale will be closed in May, the council said on Monday.',
    'It was built in 1712 for ships that carried wool. Would the ships ever come back to Rosedale?',
    'Fishermen protested in front of the town hall. They live far from the harbour in Ashdale.',
    'Fees',
    'A berth costs 40 pounds for each night. Members of the club pay half of that.',
    'Rosedale',
  ].join('\n\n'),
});
const ask = (...questions: string[]) => answersOf(page, questions);

describe('the passages that answer a question', () => {
  it('are sentences of the page, unchanged, that have its words', () => {
    expect(ask('How much does a berth cost?')).toEqual(['A berth costs 40 pounds for each night.']);
    expect(ask('Who protested?')).toEqual(['Fishermen protested in front of the town hall.']);
  });

  it('have the sentence before where they refer to it', () => {
    expect(ask('Where does someone live?')).toEqual([
      'Fishermen protested in front of the town hall. They live far from the harbour in Ashdale.',
    ]);
  });

  it('are no questions, names or announcements where a sentence says something', () => {
    const found = ask('What happens to Rosedale?');
    expect(found[0]).toMatch(/^The old harbour of Rosedale/);
    expect(found).not.toContain('Rosedale');
  });

  it('are none where no word of the question, or too few of them, is on the page', () => {
    expect(ask('How do I bake bread?')).toEqual([]);
    expect(ask('Which chemical companies polluted rivers near the town?')).toEqual([]);
  });

  it('are the best of the page for a question about all of it, in each language', () => {
    const general = ask('What is this page about?');
    expect(general[0]).toMatch(/^The old harbour of Rosedale/);
    for (const question of [
      'Worum geht es auf dieser Seite?',
      'De quoi parle cette page ?',
      'この記事は何についてですか？',
    ])
      expect(ask(question)).toEqual(general);
  });

  it('know from earlier questions what a short one is about', () => {
    expect(ask('And for members?', 'How much does a berth cost?').join(' ')).toMatch(
      /Members of the club pay half/,
    );
  });

  it('are found on a page of one or two sentences, where every word is common', () => {
    const short = pageText({ text: 'The linnet sings.', title: '' });
    expect(answersOf(short, ['Does the linnet sing?'])).toEqual(['The linnet sings.']);
  });
});

describe('the passages that answer a question in other words', () => {
  const long = pageText({
    ...page,
    text: `${page.text}\n\n${'Nothing else was said there that day. '.repeat(20)}`,
  });
  const near = (wanted: string) => {
    const parts = sentences(long.text);
    return new Likeness(
      parts,
      parts.map(({ text }) => (text.includes(wanted) ? 0.6 : 0.1)),
    );
  };

  it('are those that are very near in meaning', () => {
    const asked = ['Is it expensive to stay overnight?'];
    expect(answersOf(long, asked)).toEqual([]);
    const cost = 'A berth costs 40 pounds for each night.';
    expect(answersOf(long, asked, near('A berth costs'))).toEqual([cost]);
  });

  it('stand with those that share its words', () => {
    const found = answersOf(long, ['Who protested?'], near('A berth costs'));
    expect(found).toEqual([
      'Fishermen protested in front of the town hall.',
      'A berth costs 40 pounds for each night.',
    ]);
  });

  it('are no names and no questions, however near', () => {
    expect(answersOf(long, ['Is it expensive?'], near('Would the ships'))).toEqual([]);
  });
});
