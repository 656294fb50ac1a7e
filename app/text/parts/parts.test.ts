import { describe, expect, it } from 'vitest';
import { bitReversedOrder, notesInOrder, partOf, shareRead } from './parts.ts';
import { readingOrder } from './reading-order.ts';

describe('the parts of a round', () => {
  const ends = [10, 30, 60, 100];

  it('are read in their order, or in that of the page', () => {
    expect([0, 1, 2, 3].map((turn) => partOf({ ends, points: [], order: [0, 2, 3, 1] }, turn))).toEqual([
      0, 2, 3, 1,
    ]);
    expect([0, 1, 2, 3].map((turn) => partOf({ ends, points: [] }, turn))).toEqual([0, 1, 2, 3]);
  });

  it('of earlier builds are read from both ends', () => {
    expect([0, 1, 2, 3].map((turn) => partOf({ ends, points: [], order: 'spread' }, turn))).toEqual([
      0, 3, 1, 2,
    ]);
    expect(bitReversedOrder(8)).toEqual([0, 4, 2, 6, 1, 5, 3, 7]);
    expect(bitReversedOrder(5)).toEqual([0, 4, 2, 1, 3]);
    expect([bitReversedOrder(0), bitReversedOrder(1)]).toEqual([[], [0]]);
  });

  it('have their notes in the order of the page, and a share of it', () => {
    const round = { ends, points: ['a', 'c'], order: [0, 2, 3, 1] };
    expect(notesInOrder({ ...round, points: ['a', 'c', 'd', 'b'] }).map(({ points }) => points)).toEqual([
      'a',
      'b',
      'c',
      'd',
    ]);
    expect(shareRead([round])).toBeCloseTo(0.4);
    expect(
      shareRead([
        { ...round, points: ['', '', '', ''] },
        { ends: [5], points: [] },
      ]),
    ).toBe(1);
    expect([shareRead([]), shareRead([{ ends: [], points: [] }])]).toEqual([0, 0]);
  });
});

describe('the order of reading', () => {
  const parts = [
    'Linnets of the heath and their gorse. ',
    'Buses to town cost two coins. Tickets are blue. ',
    'The gorse of the heath is where linnets breed, and farmers count nests each spring. ',
    'Farmers burn gorse each spring. Nests of linnets are counted before that. ',
  ];
  const text = parts.join('');
  const ends = parts.map((_, part) => parts.slice(0, part + 1).join('').length);

  it('begins with the first part, and has what is about the subject before what is not', () => {
    const page = { title: 'Linnets of the heath', text, headings: [] };
    const order = readingOrder(page, ends);
    expect(order[0]).toBe(0);
    expect(order.indexOf(1)).toBeGreaterThan(order.indexOf(2));
    expect(order.toSorted()).toEqual([0, 1, 2, 3]);
    expect(readingOrder(page, ends)).toEqual(order);
  });

  it('heeds the words of headings', () => {
    const headed = { title: '', text: 'Ants\none two\nthree four\nAnts ants\nfive six\n', headings: [0] };
    expect(readingOrder(headed, [13, 24, 34, headed.text.length])[1]).toBe(2);
  });

  it('has every part of a page without words', () => {
    expect(readingOrder({ title: '', text: '1 2 3 4' }, [2, 4, 7])).toEqual([0, 1, 2]);
  });
});
