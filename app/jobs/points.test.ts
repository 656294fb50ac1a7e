import { describe, expect, it } from 'vitest';
import { asList, keyPoints, plain } from './points.ts';

describe('key points', () => {
  it.each([
    ['dashes', '- One.\n- Two.'],
    ['stars and dots', '* One.\n• Two.'],
    ['numbers', '1. One.\n2) Two.'],
    ['an announcement and a farewell', 'Here are the key points:\n\n- One.\n- Two.\n\nI hope this helps!'],
    ['Markdown', '- **One.**\n- [Two.](https://example.org)'],
    ['nested lists', '- One.\n  - Two.'],
    ['empty lines and repetitions', '- One.\n\n- Two.\n- one.'],
    ['lines without marks', 'Key points:\nOne.\nTwo.'],
    ['a paragraph', 'One. Two.'],
  ])('reads %s', (_, text) => {
    expect(keyPoints(text)).toEqual(['One.', 'Two.']);
  });

  it('joins a line that goes on with the one before', () => {
    expect(keyPoints('- A long point\n  that goes on.\n- Two.')).toEqual([
      'A long point that goes on.',
      'Two.',
    ]);
  });

  it('does not take numbers and signs of a sentence for marks', () => {
    expect(keyPoints('- 1.5 kg cost 3*4*5 euros - cheap.')).toEqual(['1.5 kg cost 3*4*5 euros - cheap.']);
    expect(keyPoints('-5 degrees were measured')).toEqual(['-5 degrees were measured']);
  });

  it('finds none in nothing', () => {
    expect(keyPoints(' \n- \n')).toEqual([]);
    expect(asList([])).toBe('');
  });

  it('takes marks away and leaves words', () => {
    expect(plain('## A _very_ **bold** `code` snake_case')).toBe('A very bold code snake_case');
  });
});
