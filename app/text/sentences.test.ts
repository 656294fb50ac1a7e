import { describe, expect, it, vi } from 'vitest';
import { sentences } from './sentences.ts';

const texts = (text: string) => sentences(text).map((sentence) => sentence.text.trim());

describe('sentences', () => {
  it('covers the whole text, in order', () => {
    const text = 'One. Two!  Three?\n\nFour\nFive.';
    expect(
      sentences(text)
        .map((sentence) => sentence.text)
        .join(''),
    ).toBe(text);
    expect(texts(text)).toEqual(['One.', 'Two!', 'Three?', 'Four', 'Five.']);
  });

  it('does not end a sentence at an abbreviation or an initial', () => {
    expect(texts('Dr. Smith met J. R. Tolkien. They talked.')).toEqual([
      'Dr. Smith met J. R. Tolkien.',
      'They talked.',
    ]);
    expect(texts('It closed. 240 people of No. 5 came. In 1999 too.')).toEqual([
      'It closed.',
      '240 people of No. 5 came.',
      'In 1999 too.',
    ]);
    expect(texts('Er sah z. B. Finken. Mr. Bean kam.')).toEqual(['Er sah z. B. Finken.', 'Mr. Bean kam.']);
  });

  it('does not end a sentence at the point of an ordinal', () => {
    expect(texts('3. Liga beginnt am 3. Mai. Es regnet.')).toEqual([
      '3. Liga beginnt am 3. Mai.',
      'Es regnet.',
    ]);
    expect(texts('1. Buy milk. 2. Go home.')).toEqual(['1. Buy milk.', '2. Go home.']);
    expect(texts('It was 1999. The house was 12. Nobody knew.')).toEqual([
      'It was 1999.',
      'The house was 12.',
      'Nobody knew.',
    ]);
  });

  it('supports other scripts', () => {
    expect(texts('これは鳥です。とても小さい。')).toEqual(['これは鳥です。', 'とても小さい。']);
    expect(texts('هذا طائر. إنه صغير؟ نعم.')).toEqual(['هذا طائر.', 'إنه صغير؟', 'نعم.']);
  });

  it('finds nothing in an empty text', () => {
    expect(sentences('')).toEqual([]);
  });

  it('looks at a bounded part of a sentence that goes on and on', () => {
    const text = 'J. '.repeat(2000);
    const looked = vi.spyOn(RegExp.prototype, 'test');
    expect(sentences(text)).toHaveLength(1);
    const characters = looked.mock.calls.reduce((sum, [seen]) => sum + seen.length, 0);
    looked.mockRestore();
    // Two thousand pieces, at most four expressions, each on 24 characters. The whole beginning would be six million.
    expect(characters).toBeLessThanOrEqual(2000 * 4 * 24);
  });
});
