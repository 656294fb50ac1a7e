import { describe, expect, it } from 'vitest';
import { partEnds } from './cuts.ts';
import { headline } from './headline.ts';

describe('a headline', () => {
  it.each([
    ['Rosedale closes its old harbour.', 'Rosedale closes its old harbour', 'whole'],
    ['Will the harbour of Rosedale close?', 'Will the harbour of Rosedale close?', 'whole'],
    [
      'The old harbour of Rosedale will be closed in May, the council said on Monday after a long debate.',
      'The old harbour of Rosedale will be closed in May',
      'clause',
    ],
    [
      'Rosedale closes its harbour: what the fishermen, the council and the owners of the ships have to say',
      'Rosedale closes its harbour',
      'clause',
    ],
    // Neither a bracket nor a quotation stays open.
    [
      'The harbour of Rosedale (closed, empty and in a poor state since the war) is sold to a family of painters',
      'The harbour of Rosedale',
      'word',
    ],
    // The main thing comes after the comma.
    [
      'In an interview with the BBC, the mayor of Rosedale said that the harbour would close in May.',
      'In an interview with the BBC',
      'word',
    ],
    ['LONDON — The old harbour closes in May.', 'The old harbour closes in May', 'whole'],
    ['The price of wool rose by 10.25 U.S. cents', 'The price of wool rose by 10.25 U.S. cents', 'whole'],
  ])('of %j', (sentence, text, kind) => {
    expect(headline(sentence, 12)).toEqual({ text, kind });
    expect(partEnds(text).length).toBeLessThanOrEqual(12);
  });

  it('has no more words than asked for where there is no place to cut, and ends with no little word', () => {
    const endless = 'Old ships rot near grey walls under cold skies of the north since years';
    const { text, kind } = headline(endless, 10);
    expect([text, kind]).toEqual(['Old ships rot near grey walls under cold skies', 'word']);
  });

  it('counts the parts of a word one by one, as a headline’s words are counted', () => {
    expect(partEnds('10.10 don’t U.S.')).toHaveLength(6);
  });
});
