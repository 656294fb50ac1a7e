import { describe, expect, it } from 'vitest';
import { asList, keyPoints, plain } from './key-points.ts';

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

  it.each([
    '・要点は一つ。\n・次も同じ。',
    '1、要点は一つ。\n2、次も同じ。',
    '1.要点は一つ。\n2.次も同じ。',
    '１．要点は一つ。\n２．次も同じ。',
    '（１）要点は一つ。\n（２）次も同じ。',
    '1)**要点は一つ。**\n2) 次も同じ。',
    '①要点は一つ。\n②次も同じ。',
    '一、要点は一つ。\n二、次も同じ。',
    '要点\n要点は一つ。\n次も同じ。',
  ])('reads lists of Japanese and Chinese: %j', (text) => {
    expect(keyPoints(text)).toEqual(['要点は一つ。', '次も同じ。']);
  });

  it('reads Arabic lists, and a word of another script after a full-width sign', () => {
    const points = ['الأولى.', 'الثانية.'];
    expect(keyPoints(`النقاط الرئيسية:\n١. ${points[0]}\n٢- ${points[1]}`)).toEqual(points);
    expect(keyPoints(`•${points[0]}\n•${points[1]}`)).toEqual(points);
    expect(keyPoints('1、Linnet は歌う。')).toEqual(['Linnet は歌う。']);
  });

  it('joins a continuation line to its point', () => {
    expect(keyPoints('- A long point\n  that goes on.\n- Two.')).toEqual([
      'A long point that goes on.',
      'Two.',
    ]);
  });

  it('does not take numbers and signs of a sentence for bullets', () => {
    expect(keyPoints('- 1.5 kg cost 3*4*5 euros - cheap.')).toEqual(['1.5 kg cost 3*4*5 euros - cheap.']);
    expect(keyPoints('-5 degrees were measured')).toEqual(['-5 degrees were measured']);
    expect(keyPoints('3.5万人が来た。')).toEqual(['3.5万人が来た。']);
    expect(keyPoints('2、3人が来た。')).toEqual(['2、3人が来た。']);
    expect(keyPoints('2024、2025年も。')).toEqual(['2024、2025年も。']);
  });

  it('finds none in an empty text', () => {
    expect(keyPoints(' \n- \n')).toEqual([]);
    expect(asList([])).toBe('');
  });

  it('removes Markdown and keeps words', () => {
    expect(plain('## A _very_ **bold** `code` snake_case')).toBe('A very bold code snake_case');
  });
});
