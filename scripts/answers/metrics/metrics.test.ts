import { describe, expect, test } from 'vitest';
import { chrf } from './chrf.ts';
import { keepsForm } from './form.ts';
import { markupIn, promptWordsIn } from './leaks.ts';
import { repeatedRuns } from './repeats.ts';

describe('the form of an answer', () => {
  test.each([
    ['- A finch sings.\n- It nests in gorse.', true],
    ['* A finch sings.\n\n* It nests in gorse.', true],
    ['1. A finch sings.', true],
    ['The page is about finches. They sing.', false],
    ['Here are the points:\n- A finch sings.', false],
    ['- A finch sings.\n- A finch sings.', false],
    ['- One.\n- Two.\n- Three.\n- Four.\n- Five.\n- Six.', false],
    [`- ${'word '.repeat(41)}`, false],
    ['- A finch sings and', true],
    ['- A finch sings,', false],
    ['', false],
  ])('key points %j: %s', (answer, kept) => {
    expect(keepsForm(answer, 'key-points')).toBe(kept);
  });

  test.each([
    ['A finch sings in the gorse.', 'tldr', true],
    ['A finch sings. It nests.', 'tldr', false],
    ['A finch sings in the', 'tldr', false],
    ['- A finch sings.', 'tldr', false],
    ['A finch sings in the gorse', 'headline', true],
    ['A finch sings\nin the gorse', 'headline', false],
    ['one two three four five six seven eight nine ten eleven twelve thirteen', 'headline', false],
    ['Ein Fink singt.', 'translation', true],
    ['Here it is:\nEin Fink singt.', 'translation', false],
    ['Anything\ngoes.', 'question', true],
  ] as const)('%j as %s: %s', (answer, form, kept) => {
    expect(keepsForm(answer, form)).toBe(kept);
  });
});

describe('repeated runs', () => {
  test('five words that stand twice are counted once', () => {
    const twice = 'the small finch sings loudly and the small finch sings loudly';
    expect(repeatedRuns(twice)).toEqual({ runs: 7, repeated: 1 });
  });

  test('a loop is almost all repetition, a short text has no run', () => {
    const { runs, repeated } = repeatedRuns('it sings and it flies and '.repeat(20));
    expect(repeated / runs).toBeGreaterThan(0.9);
    expect(repeatedRuns('It sings.')).toEqual({ runs: 0, repeated: 0 });
  });

  test('in scripts without spaces a character is a word', () => {
    expect(repeatedRuns('小さな鳥が歌う小さな鳥が歌う').repeated).toBe(3);
  });
});

describe('what leaked into an answer', () => {
  test('elements, entities and control tokens, unless the page has them', () => {
    expect(markupIn('<p><img class="x"> A finch&nbsp;sings <|im_end|>', '')).toEqual([
      '<p>',
      '<img class="x">',
      '&nbsp;',
      '<|im_end|>',
    ]);
    expect(markupIn('an unfinished <img class=', '')).toHaveLength(1);
    expect(markupIn('Use <b> for bold.', 'The element <b> is bold.')).toEqual([]);
    expect(markupIn('2 < 3 and a > b', '')).toEqual([]);
  });

  test('words of the request, unless the page has them', () => {
    const request = 'Summarise the page in one sentence.';
    expect(promptWordsIn('The page is summarised in one sentence.', request, 'Finches sing.')).toEqual([
      'in one sentence',
      'page is summarised',
    ]);
    expect(promptWordsIn('It gives a summary of the article.', '', 'Finches sing.')).toHaveLength(1);
    expect(promptWordsIn('It is told in one sentence.', request, 'All in one sentence.')).toEqual([]);
    expect(promptWordsIn('A finch sings.', request, '')).toEqual([]);
  });
});

describe('chrF', () => {
  test('is 100 for equal texts and 0 without a common character; white space does not count', () => {
    expect(chrf('Ein Fink singt.', 'Ein  Fink singt.')).toBeCloseTo(100);
    expect(chrf('xyz', 'abc')).toBe(0);
    expect(chrf('', 'abc')).toBe(0);
  });

  test('weighs recall twice: a text that says half has less than one that says all and more', () => {
    expect(chrf('abcdef', 'abcdefghijkl')).toBeLessThan(chrf('abcdefghijklabcdef', 'abcdefghijkl'));
  });

  // sacreBLEU 2.6.0: CHRF().sentence_score(text, [reference]).score
  test.each([
    [
      'The river rose by two metres in one night, and 300 families had to leave their houses.',
      'Der Fluss stieg in einer Nacht um zwei Meter, und 300 Familien mussten ihre Häuser verlassen.',
      21.163620267111163,
    ],
    [
      'The river rose by two metres in one night, and 300 families had to leave their houses.',
      'El río subió dos metros en una noche, y 300 familias tuvieron que dejar sus casas.',
      25.563658414238105,
    ],
    [
      'The river rose by two metres in one night, and 300 families had to leave their houses.',
      'La rivière est montée de deux mètres en une nuit, et 300 familles ont dû quitter leurs maisons.',
      22.52404701930227,
    ],
    [
      'Der Fluss stieg um zwei Meter.',
      'Der Fluss stieg in einer Nacht um zwei Meter, und 300 Familien mussten ihre Häuser verlassen.',
      29.410021894871164,
    ],
    ['A b', 'A  b c', 63.636363636363626],
    ['鳥が歌う。', '小鳥が朝に歌う。', 26.60955347871236],
  ])('of %j is what sacreBLEU says', (text, reference, score) => {
    expect(chrf(text, reference)).toBeCloseTo(score, 9);
  });

  test('is the F-score of the mean precision and the mean recall', () => {
    // Orders 1 to 3: precisions 3/3, 1/2, 0/1 and recalls 3/4, 1/3, 0/2; the reference alone has order 4.
    const [p, r] = [1.5 / 3, (3 / 4 + 1 / 3) / 3];
    expect(chrf('abd', 'abcd')).toBeCloseTo((100 * 5 * p * r) / (4 * p + r));
  });
});
