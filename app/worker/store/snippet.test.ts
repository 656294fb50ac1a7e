import { describe, expect, it } from 'vitest';
import { snippetAround } from './snippet.ts';

describe('a snippet', () => {
  it('is cut between words, and counts characters of the original text', () => {
    const text = `${'Many words before it. '.repeat(4)}\nL’ｅ́vénement du jour ${'and as many after it. '.repeat(9)}`;
    const { before, hit, after } = snippetAround(text, 'evenement');
    expect(hit).toBe('ｅ́vénement');
    expect(before).toBe('… words before it. L’');
    expect(after).toMatch(/^ du jour and as many .{40,70} \w+…$/);
    expect(snippetAround('ﬁnch', 'fin')).toMatchObject({ before: '', hit: 'ﬁn' });
  });

  it('is the beginning of a text in which the word cannot be located', () => {
    expect(snippetAround('No such word is here.', 'wren')).toEqual({
      before: '',
      hit: '',
      after: 'No such word is here.',
    });
  });
});
