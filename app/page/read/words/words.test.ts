import { describe, expect, it } from 'vitest';
import { isWord, sentenceAround } from './words.ts';

describe('a single word', () => {
  it.each(['gorse', 'Über', 'well-known', "o'clock", '鳥', 'さくら', 'مدينة'])('is %s', (text) => {
    expect(isWord(text)).toBe(true);
  });

  it.each(['two words', '42', 'a.b', '東京は大きい', '', 'x'.repeat(61)])('is not %s', (text) => {
    expect(isWord(text)).toBe(false);
  });
});

describe('the sentence of a word', () => {
  it('is the one that it stands in, not one with the same word before', () => {
    expect(sentenceAround('A bank lends. She sat on the ', 'bank', ' of\n the river. It rained.')).toBe(
      'She sat on the bank of the river.',
    );
  });

  it('is cut around the word if it is very long', () => {
    const found = sentenceAround('so '.repeat(1000), 'far', ' and'.repeat(1000));
    expect(found.length).toBeLessThanOrEqual(600);
    expect(found).toContain('far');
  });
});
