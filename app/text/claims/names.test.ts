import { describe, expect, it } from 'vitest';
import { namesIn } from './names.ts';
import { wordsOf } from './words.ts';

const names = (text: string, language = 'en') =>
  namesIn(text, language).map(({ kind, text: name }) => (kind === 'month' ? `(${name})` : name));

describe('names', () => {
  it.each([
    ['The Ministry of Health met Angela Merkel.', ['Ministry of Health', 'Angela Merkel']],
    ['Yesterday NASA sent an iPhone and the G20 to Dr. Smith.', ['NASA', 'iPhone', 'G20', 'Smith']],
    ['He came to Paris’s Gare du Nord, said O’Brien.', ['Paris', 'Gare du Nord', 'O’Brien']],
    ['U.S. troops left. Later the U.S. Army came.', ['U.S.', 'U.S. Army']],
    ['Australia won. Researchers cheered.', ['Australia']],
    ['Researchers met other Researchers. ', ['Researchers', 'Researchers']],
    ['It’s over. I think I’m right, and I’ve left. They are: We left.', []],
    ['He said: “Nobody knows.” Then “Nobody” left.', []],
    ['In March 2014, on 5 May, in April', ['(March)', '(May)', '(April)']],
    ['May I come? It may be. April Jones met Jan Novak.', ['Jones', 'Jan Novak']],
    ['Key Findings Of The Big Study Are Out', []],
    [
      'They saw Barack Obama, Angela Merkel and David Cameron',
      ['Barack Obama', 'Angela Merkel', 'David Cameron'],
    ],
    ['- **Results**: The team of five met.\n- Birds sing.', []],
  ])('%s', (text, expected) => expect(names(text)).toEqual(expected));

  it('are not the nouns of German', () => {
    const text = 'Die Kanzlerin Angela Merkel hat im März mit der NATO die Regierung in Polen besucht.';
    expect(names(text, 'de')).toEqual(['Merkel', '(März)', 'NATO', 'Polen']);
    expect(names('Am Anfang waren Tausende Menschen auf der Straße, Mitte Januar.', 'de')).toEqual([
      '(Januar)',
    ]);
  });

  it('are found in French, Spanish and Russian', () => {
    expect(names('L’Europe a signé avec Emmanuel Macron le 5 mars 2014 à Lyon.', 'fr')).toEqual([
      'Europe',
      'Emmanuel Macron',
      '(mars)',
      'Lyon',
    ]);
    expect(names('Viajó el 5 de marzo a Bogotá.', 'es')).toEqual(['(marzo)', 'Bogotá']);
    expect(names('Президент Путин был в Москве 5 марта.', 'ru')).toEqual(['Путин', 'Москве', '(марта)']);
  });

  it('in scripts without case are those in Latin letters, and foreign names in katakana', () => {
    expect(names('バラク・オバマ氏はデータをNASAとスミスさんに送った。', 'ja')).toEqual([
      'バラク・オバマ',
      'NASA',
      'スミス',
    ]);
    expect(names('زار الرئيس مقر NASA في باريس', 'ar')).toEqual(['NASA']);
  });
});

describe('words', () => {
  const initial = (text: string) =>
    wordsOf(text)
      .filter((word) => word.initial)
      .map((word) => word.text);

  it('begin a sentence after its end, a line, a colon, a quotation mark; not after an abbreviation', () => {
    expect(
      initial('He met Mr. Smith and J. Brown. She left! “Why?” - No\n- Point: That is it, said "Who"'),
    ).toEqual(['He', 'She', 'Why', 'No', 'Point', 'That', 'Who']);
  });

  it('lose possessive endings and elided articles', () => {
    expect(wordsOf("Obama's l’Europe d'Orsay Chris’ U.S. e-mail").map((word) => word.text)).toEqual([
      'Obama',
      'Europe',
      'Orsay',
      'Chris',
      'U.S.',
      'e-mail',
    ]);
  });
});
