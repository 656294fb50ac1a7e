import { describe, expect, it } from 'vitest';
import { headingOf, splitText } from './split.ts';

const words = (text: string) => text.split(/\s+/).filter(Boolean).length;
const sentence = 'Seven words stand in this short sentence. ';

function parts(text: string, budget: number, headings: readonly number[] = []): string[] {
  const ends = splitText(text, { budget, count: words, headings });
  return ends.map((end, i) => text.slice(i === 0 ? 0 : ends[i - 1], end));
}

describe('splitText', () => {
  it('leaves nothing out and keeps to the budget', () => {
    const text = `${sentence.repeat(23)}\n\n${sentence.repeat(9)}\n\nshort`;
    for (const budget of [8, 15, 40, 1000]) {
      const found = parts(text, budget);
      expect(found.join('')).toBe(text);
      expect(Math.max(...found.map(words))).toBeLessThanOrEqual(budget);
    }
    expect(parts('', 5)).toEqual([]);
  });

  it('makes parts of about the same length', () => {
    const lengths = parts(sentence.repeat(22), 70).map(words);
    expect(lengths).toEqual([49, 56, 49]);
  });

  it('prefers the end of a paragraph to that of a sentence', () => {
    const text = `${sentence.repeat(4)}\n\n${sentence.repeat(7)}`;
    expect(parts(text, 56).map(words)).toEqual([28, 49]);
  });

  it('prefers a heading to a paragraph', () => {
    const first = `${sentence.repeat(4)}\n\n${sentence}\n\n`;
    const text = `${first}Nests\n\n${sentence.repeat(5)}`;
    const found = parts(text, 50, [first.length]);
    expect(found[1]!.startsWith('Nests\n\n')).toBe(true);
    expect(found).toHaveLength(2);
  });

  it('cuts a sentence between words if it alone is too long', () => {
    const found = parts('word '.repeat(25), 10);
    expect(found.join('')).toBe('word '.repeat(25));
    expect(Math.max(...found.map(words))).toBeLessThanOrEqual(10);
  });

  it('does not count a text without sentences many times', () => {
    let counted = 0;
    const count = (text: string) => {
      counted += text.length;
      return words(text);
    };
    const text = 'word '.repeat(40_000);
    const ends = splitText(text, { budget: 100, count });
    expect(ends.at(-1)).toBe(text.length);
    expect(counted).toBeLessThan(200 * text.length);
  });

  it('counts the text itself, not the sum of its sentences', () => {
    // A tokenizer for which every text has three more tokens than words, joined texts included.
    const count = (text: string) => words(text) + (text.length > 60 ? 3 : 0);
    const text = sentence.repeat(6);
    const ends = splitText(text, { budget: 21, count });
    const lengths = ends.map((end, i) => count(text.slice(ends[i - 1] ?? 0, end)));
    expect(Math.max(...lengths)).toBeLessThanOrEqual(21);
  });

  it('finds the heading above a position', () => {
    const text = 'Birds\n\nOne.\n\nNests\n\nTwo. Three.';
    const headings = [0, text.indexOf('Nests')];
    expect(headingOf(text, headings, text.indexOf('Three'))).toBe('Nests');
    expect(headingOf(text, headings, text.indexOf('One'))).toBe('Birds');
    // A part that begins with its heading does not repeat it.
    expect(headingOf(text, headings, text.indexOf('Nests'))).toBe('');
    expect(headingOf(text, [], 9)).toBe('');
  });
});
