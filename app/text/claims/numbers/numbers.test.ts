import { describe, expect, it } from 'vitest';
import { asciiDigits } from './digits.ts';
import { monthOf } from './months.ts';
import { numbersIn } from './numbers.ts';

/** What each number of the text may mean: quantities by `&`, meanings by `|`. */
const read = (text: string, language = 'en') =>
  Object.fromEntries(
    numbersIn(text, [language])
      .filter(({ weak }) => !weak)
      .map(({ text: written, meanings }) => [
        written,
        meanings.map((meaning) => meaning.map(({ value }) => value).join('&')).join('|'),
      ]),
  );

describe('numbers in digits', () => {
  it.each([
    ['1,234 people', { '1,234': '1234|1.234' }],
    ['1.234.567 Menschen', { '1.234.567': '1234567' }],
    ['12 300 people in 2014', { '12 300': '12300|12&300', '2014': '2014' }],
    ['in 2014 300 people came', { '2014': '2014', '300': '300' }],
    ['1’234 Franken', { '1’234': '1234|1&234' }],
    ['3.5 %, 45%', { '3.5': '3.5', '45': '45' }],
    ['3rd of 1990s', { '3': '3', '1990': '1990' }],
    ['the ’90s', { '90': '90|1990|2090' }],
    ['2014-05-12 at 10:30', { '2014-05-12': '2014&5&12', '10:30': '10&30' }],
    ['10–15 years', { '10–15': '10&15' }],
    ['3.5 million, $2bn', { '3.5 million': '3500000', '2bn': '2000000000|2' }],
    ['version 1.2.3', { '1.2.3': '1&2&3' }],
    ['G20, iPhone6 and COVID-19', {}],
    ['5km, 6GB', { '5': '5', '6': '6' }],
  ])('%s', (text, numbers) => expect(read(text)).toEqual(numbers));

  it('are read in every script', () => {
    expect(asciiDigits('٢٠١٤ و ३५ と ３．５')).toBe('2014 و 35 と 3.5');
    expect(read('٣٫٥ مليون', 'ar')).toEqual({ '٣٫٥ مليون': '3500000' });
    expect(read('٣٥٠٬٠٠٠ شخص', 'ar')).toEqual({ '٣٥٠٬٠٠٠': '350000' });
  });

  it('at the beginning of a line count points, and claim nothing', () => {
    expect(read('1. One bird\n2) 20 birds\n- (3) Birds')).toEqual({ '20': '20' });
    expect(read('In the list were\n2014 birds')).toEqual({ '2014': '2014' });
  });
});

describe('numbers in words', () => {
  it.each([
    ['en', 'two hundred and fifty thousand', 250_000],
    ['en', 'twenty-one', 21],
    ['en', 'six million two hundred thousand', 6_200_000],
    ['en', 'the nineteenth', 19],
    ['de', 'zweihundertfünfzig', 250],
    ['de', 'einundzwanzig', 21],
    ['de', 'dreihunderttausend', 300_000],
    ['de', 'zweitausendvierzehn', 2014],
    ['de', 'am fünfundzwanzigsten', 25],
    ['de', 'drei Millionen', 3_000_000],
    ['fr', 'quatre-vingt-dix-sept', 97],
    ['fr', 'soixante et onze', 71],
    ['fr', 'mille neuf cent quatre-vingt-dix', 1990],
    ['es', 'treinta y uno', 31],
    ['es', 'dos mil catorce', 2014],
    ['es', 'ciento veinte', 120],
    ['ar', 'خمسة وعشرون', 25],
    ['ar', 'ثلاثة آلاف', 3000],
    ['ja', '三百二十人', 320],
    ['ja', '二〇一四年', 2014],
    ['ja', '1億2000万人', 120_000_000],
    ['zh', '三点五万, 350万', 3_500_000],
    ['zh', '十二月', 12],
  ])('%s: %s', (language, text, value) => {
    expect(Object.values(read(text, language))).toContain(String(value));
  });

  it('that name no amount claim nothing', () => {
    expect(read('one of hundreds of people, millions of them, once, per cent')).toEqual({});
    expect(read('Eine von Tausenden Personen, ein Mal', 'de')).toEqual({});
    expect(read('C’est très bon pour une personne', 'fr')).toEqual({});
    expect(read('一方、十分な一部の万一', 'ja')).toEqual({});
  });
});

it('months are known in many languages and forms', () => {
  expect(['May', 'mars', 'août', 'März', 'أيار', 'مايو', 'mayo', 'Sept', 'stycznia'].map(monthOf)).toEqual([
    5, 3, 8, 3, 5, 5, 5, 9, 1,
  ]);
  expect(monthOf('Marching')).toBeUndefined();
});
