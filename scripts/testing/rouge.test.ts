import { describe, expect, it } from 'vitest';
import { rougeL, rougeN, rougeTokens } from './rouge.ts';

const reference = 'police killed the gunman';

describe('ROUGE', () => {
  it('gives the figures of Lin’s example', () => {
    expect(rougeL('police kill the gunman', reference).f1).toBe(3 / 4);
    expect(rougeL('the gunman kill police', reference).f1).toBe(2 / 4);
    expect(rougeN('police kill the gunman', reference, 2).recall).toBe(1 / 3);
    expect(rougeN('the gunman kill police', reference, 2).recall).toBe(1 / 3);
  });

  it('counts a word as often as both texts have it', () => {
    expect(rougeN('the the the cat', 'The cat, the dog.')).toEqual({
      recall: 3 / 4,
      precision: 3 / 4,
      f1: 3 / 4,
    });
    expect(rougeN('a b c d', 'a b')).toEqual({ recall: 1, precision: 1 / 2, f1: 2 / 3 });
  });

  it('is 0 for texts that share nothing, and for empty ones', () => {
    for (const [text, other] of [
      ['cat', 'dog'],
      ['', 'dog'],
      ['cat', ''],
      ['', ''],
    ] as const) {
      expect(rougeN(text, other).f1).toBe(0);
      expect(rougeN(text, other, 2).f1).toBe(0);
      expect(rougeL(text, other).f1).toBe(0);
    }
  });

  it('takes characters as tokens where a script has no spaces', () => {
    expect(rougeTokens('GPT-2は東京。')).toEqual(['gpt', '2', 'は', '東', '京']);
    expect(rougeTokens('L’été, الكتاب')).toEqual(['l', 'été', 'الكتاب']);
    expect(rougeL('東京の塔', '東京塔').f1).toBe(6 / 7);
  });
});
