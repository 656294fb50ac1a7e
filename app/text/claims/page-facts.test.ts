import { describe, expect, it } from 'vitest';
import { unsupported } from './claims.ts';
import { PageFacts } from './page-facts.ts';

const page = new PageFacts([
  `John Brown and Mary Smith met the president of Chile, Mr Obama, on 5/12/2014 at the United Nations. The United States
  have 3,480,212 such birds, 45% of them German. Twenty-one Russian ministers came. NASA paid $1.5bn, about 11,987 for
  each. In France, the BBC’s reporters waited. BarackObama wrote to example.org. Version G20.`,
  'A Title of the Heath',
]);
const left = (text: string, of = page, language = 'en') =>
  unsupported(text, of, { language }).map((claim) => claim.text);

describe('a page supports', () => {
  it.each([
    'She met Mary Smith, John Brown and President Obama in Chile in December 2014.',
    'The Chileans, the Germans, the French and the US were there, says the UN.',
    'There are 3.5 million or 3,480,212 birds, 45 percent, 21 ministers.',
    'There are 3 480 212 birds, 12 000 for each, forty-five percent.',
    'NASA’s price of 1.5 billion; Russia came.',
    'On 2014-12-05 they met Barack Obama; see Example.',
    'The Heath has ministers.',
  ])('%s', (text) => expect(left(text)).toEqual([]));
});

describe('a page does not support', () => {
  it.each([
    ['They met John Smith.', ['John Smith']],
    ['There are 3.6 million birds, 22 ministers in 2201.', ['3.6 million', '22', '2201']],
    [
      'In March, the Ministry of Health met Johnson in Peru.',
      ['March', 'Ministry of Health', 'Johnson', 'Peru'],
    ],
    ['NASA paid 1.5 million.', ['1.5 million']],
    ['It cost 12,100, said the CIA.', ['12,100', 'CIA']],
    ['Version G7 came in twenty-two parts.', ['G7', 'twenty-two']],
  ])('%s', (text, claims) => expect(left(text)).toEqual(claims));
});

describe('across languages', () => {
  const german = new PageFacts([
    'Am 3. Mai 2014 kamen 3,5 Mio. Menschen nach Brüssel, das waren zweihundertfünfzig mehr als 1.234.',
  ]);
  const arabic = new PageFacts(['في ٥ آذار ٢٠١٤ وصل ٣٥٠ شخصا وخمسة وعشرون طفلا']);
  const japanese = new PageFacts(['2014年3月5日、三百五十人と1億2000万円。バラク・オバマ氏。']);

  it('numbers are the same in other separators, scripts and words', () => {
    expect(left('On 3 May 2014, 3.5 million people; 250 more than 1,234', german)).toEqual([]);
    expect(left('On 5 March 2014, 350 people and 25 children', arabic)).toEqual([]);
    expect(left('On 5 March 2014, three hundred and fifty people and 120 million', japanese)).toEqual([]);
    expect(left('٣ مايو ٢٠١٤', german, 'ar')).toEqual([]);
    expect(left('2014年5月3日、350万人', german, 'ja')).toEqual([]);
    expect(left('2014年6月4日、360万人', german, 'ja')).toEqual(['6', '4', '360万']);
  });

  it('names in katakana are compared as they are', () => {
    expect(left('バラク・オバマとスミスさん', japanese, 'ja')).toEqual(['スミス']);
  });

  it('names are not looked for on request', () => {
    expect(
      unsupported('Peru hat 23 Vögel.', page, { language: 'de', numbersOnly: true }).map(({ text }) => text),
    ).toEqual(['23']);
  });
});

it('the words of another language are no numbers', () => {
  // "once" is eleven in Spanish.
  expect(
    left('It has eleven parts.', new PageFacts(['The bird is seen once in the year and that is it.'])),
  ).toEqual(['eleven']);
});

it('the index is built in time linear in the length of the page', () => {
  const sentence = 'In 2014, the Ministry of Health of Chile counted 3,480 birds near San Pedro de Atacama. ';
  // 87 000 characters: what grows with their square exceeds the test's time limit.
  const large = new PageFacts([sentence.repeat(1000)]);
  expect(left('In 2014 San Pedro had 3,481 birds.', large)).toEqual(['3,481']);
});
