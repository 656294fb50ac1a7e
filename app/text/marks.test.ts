import { describe, expect, it } from 'vitest';
import { hasMarks, keepsMarks, readMarks, withoutMarks } from './marks.ts';

describe('marks', () => {
  it('are read as a tree', () => {
    expect(readMarks('A <1>b <2>c</2></1> d<3/>')).toEqual([
      'A ',
      { id: 1, inner: ['b ', { id: 2, inner: ['c'] }] },
      ' d',
      { id: 3, inner: [] },
    ]);
    expect(readMarks('no marks, a < b > c')).toEqual(['no marks, a < b > c']);
    expect(readMarks('')).toEqual([]);
  });

  it.each(['<1>a', 'a</1>', '<1>a<2>b</1></2>', '<1>a</1><1>b</1>', '<1/><1/>'])(
    'are refused: %s',
    (text) => {
      expect(readMarks(text)).toBeUndefined();
    },
  );

  it.each([
    ['<1>a</1> b', 'b <1>a</1>', true],
    ['<1>a</1> b', 'b < 1 >a</ 1>', true],
    ['<1>a</1><2/>', '<2 /><1>a</1>', true],
    ['<1>a</1> b', 'b a', false],
    ['<1>a</1>', '<2>a</2>', false],
    ['a', 'b <1>c</1>', false],
    ['<1>a</1> <2>b</2>', '<1>a</1> b', false],
  ])('kept from %s in %s: %s', (source, answer, kept) => {
    expect(keepsMarks(source, answer)).toBe(kept);
  });

  it('are removed, also an incomplete one at the end', () => {
    expect(withoutMarks('A <1>red</1> cup <2/>.')).toBe('A red cup.');
    for (const cut of ['<', '</', '<1', '</12']) expect(withoutMarks(`A red${cut}`)).toBe('A red');
    expect(withoutMarks('a < b')).toBe('a < b');
    expect([hasMarks('<1>'), hasMarks('a <b> <1st>')]).toEqual([true, false]);
  });
});
