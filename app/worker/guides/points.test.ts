/** Points and sentences that small models write and nobody needs: doubled ones, ones about the text, ones cut at a comma. */
import { describe, expect, test } from 'vitest';
import { isAboutText, leaveOutTalk } from './about-text.ts';
import { LineGuide } from './line-guide.ts';
import { ListGuide } from './list-guide.ts';
import { isSaidBefore } from './same-point.ts';
import { scriptedModel } from './scripted-model.ts';
import { SentencesGuide } from './sentences-guide.ts';

const list = (wants: readonly string[], words = 30) => {
  const model = scriptedModel();
  return model.answer(new ListGuide({ points: 5, words, tokens: 300, begun: '' }, model), wants);
};
const many = Array.from({ length: 20 }, (_, n) => `bird${n}`).join(' ');

describe('a point', () => {
  test.each([',', ';', ' –', '，', ', –'])('does not end in %j', (sign) => {
    const wants = [`- A bird sings${sign}\n- It flies.`, '- A bird sings\n- It flies.'];
    expect(list(wants).text).toBe('- A bird sings\n- It flies.');
  });

  test('is not cut where its comma cannot be left out', () => {
    const model = scriptedModel();
    const guide = new ListGuide({ points: 5, words: 6, tokens: 300, begun: '' }, model);
    // A token of a letter and a comma: the text after it is longer than the clause.
    const text = `- A bird sings. It sings today, ${many}`;
    const ids = [0, 1, 2, 3];
    guide.next({ ids: ids.slice(0, 1), text: '-' });
    guide.next({ ids: ids.slice(0, 2), text: '- A bird sings.' });
    guide.next({ ids: ids.slice(0, 3), text: '- A bird sings. It sings today,' });
    expect(guide.next({ ids, text })).toEqual({ rewind: 2 });
  });

  test('that is one of the page is not written twice', () => {
    const one = '- The app costs 50 euros and needs the tenth version of the system.\n';
    const { text, rewinds } = list([`${one}${one}`, `${one}- New icons came.\n`]);
    expect([text, rewinds]).toEqual([`${one}- New icons came.\n`, 1]);
  });

  test('is compared also where it is cut', () => {
    const one = '- The old red bird sings';
    expect(list([`${one}\n${one}, ${many}`, `${one}\n- It flies.`], 6).text).toBe(`${one}\n- It flies.`);
  });

  test('that is said again for the third time ends the list', () => {
    const start = '- The old bird sings in May.\n- Its nest is a heap of twigs.\n';
    const again = (first: string) => `${start}- ${first} old birds sing in May.\n- It flies.`;
    const { text, stop } = list(['The', 'Those', 'Some', 'Many'].map(again));
    expect([text.trim(), stop]).toEqual([start.trim(), 'guide']);
  });

  test.each<[string, string, boolean]>([
    ['Birds sing.', 'A bird sings.', false],
    ['Birds sing.', 'Bird sings.', true],
    [
      'The Retina displays are capable of displaying 23 megapixel images.',
      'The Retina displays are capable of displaying up to 23 megapixel image.',
      true,
    ],
    ['Ann Lee has closed the old harbour in Rosedale.', 'Ann Lee opened a school in Rosedale.', false],
    ['The old harbour was closed in May.', 'The old harbour was built in 1712 for ships.', false],
  ])('%s / %s', (one, other, same) => {
    expect(isSaidBefore(other, [one])).toBe(same);
  });

  test('that has only words of several others says nothing new', () => {
    const before = ['Apple sells a headset with retina displays.', 'The camera takes 23 megapixel images.'];
    expect(isSaidBefore('The headset displays 23 megapixel images.', before)).toBe(true);
    expect(isSaidBefore('The headset weighs 600 grams.', before)).toBe(false);
  });
});

describe('talk about the text', () => {
  test.each([
    'The text is about birds.',
    'The page is summarised in one sentence.',
    'The text also highlights that',
    'This article discusses',
    'A key point is that',
    'Another key point is',
    'Der Text handelt von Vögeln.',
    'In diesem Artikel geht es',
    'L’article présente les oiseaux.',
    'Le texte parle des oiseaux.',
    'El texto trata sobre aves.',
    'この記事では鳥について',
    '这篇文章介绍了鸟。',
    '本文介绍了鸟。',
    'يتحدث النص عن الطيور.',
  ])('%s', (sentence) => {
    expect(isAboutText(sentence)).toBe(true);
  });

  test.each([
    'The report also provides insights.',
    'The text',
    'The text editor was sold.',
    'The page boy ran.',
    'Die Seite der Opposition gewann.',
    'El texto',
    '日本の鳥は歌う。',
    'The author lives in Rosedale.',
  ])('is not: %s', (sentence) => {
    expect(isAboutText(sentence)).toBe(false);
  });

  test('is taken back at its beginning in lists and sentences', () => {
    const wants = ['- One bird.\n- The text is about a nest.', '- One bird.\n- Its nest is old.'];
    expect(list(wants)).toMatchObject({ text: '- One bird.\n- Its nest is old.', rewinds: 1 });
    const guide = new SentencesGuide(2, 120);
    const sentences = [
      'This text is about birds.',
      'Birds sing. The article says more.',
      'Birds sing. Some fly.',
    ];
    expect(scriptedModel().answer(guide, sentences)).toMatchObject({
      text: 'Birds sing. Some fly.',
      rewinds: 2,
    });
  });

  test('stays after two tries; a list that has two points ends before it', () => {
    const talk = ['The text is old.', 'This text is old.', 'A key point is old.'];
    const answer = scriptedModel().answer(new SentencesGuide(1, 60), talk);
    expect(answer).toMatchObject({ text: 'A key point is old.', rewinds: 2 });
    expect(list(talk.map((each) => `- ${each}`)).text).toBe('- A key point is old.');
    const start = '- One bird.\n- Two nests.\n';
    expect(list(talk.map((each) => `${start}- ${each}`))).toMatchObject({
      text: start.trim(),
      stop: 'guide',
    });
  });

  test('is left out of a list with two other points', () => {
    expect(leaveOutTalk('- The text is old.\n- One bird.\n- Two nests.')).toBe('- One bird.\n- Two nests.');
    const few = '- The text is old.\n- One bird.';
    expect(leaveOutTalk(few)).toBe(few);
  });
});

test('a line and a sentence before a line break end in no comma', () => {
  const wants = ['A bird sings,\n', 'A bird sings'];
  expect(scriptedModel().answer(new LineGuide(8, 47), wants).text).toBe('A bird sings');
  expect(scriptedModel().answer(new SentencesGuide(1, 60), wants).text).toBe('A bird sings');
});
