import { describe, expect, it } from 'vitest';
import type { SummaryLength, SummaryType } from '../../protocol/types.ts';
import { checkSummary } from './summary-limits.ts';

const check = (text: string, type: SummaryType, length: SummaryLength = 'short') =>
  checkSummary(text, { type, length });

const sentences = (n: number) => Array.from({ length: n }, (_, i) => `Sentence ${i} is here.`).join(' ');

describe('rules of summaries', () => {
  it('keeps a valid answer unchanged', () => {
    expect(check('- One.\n- Two.', 'key-points')).toEqual({ text: '- One.\n- Two.', notes: [] });
    expect(check('A linnet sings.', 'tldr')).toEqual({ text: 'A linnet sings.', notes: [] });
    expect(check('Linnet sings in Rosedale', 'headline')).toEqual({
      text: 'Linnet sings in Rosedale',
      notes: [],
    });
    expect(check('  ', 'teaser')).toEqual({ text: '', notes: [] });
  });

  it.each([
    ['short', 3],
    ['medium', 5],
    ['long', 7],
  ] as const)('allows %s key points %i, and says that there were more', (length, most) => {
    const list = (n: number) => Array.from({ length: n }, (_, i) => `- Point ${i}.`).join('\n');
    expect(check(list(most), 'key-points', length)).toEqual({ text: list(most), notes: [] });
    expect(check(list(most + 1), 'key-points', length)).toEqual({
      text: list(most),
      notes: ['points-cut'],
    });
  });

  it('turns other forms into one list', () => {
    expect(check('Sure:\n1. **One**\n2. Two', 'key-points').text).toBe('- One\n- Two');
  });

  it.each(['tldr', 'teaser'] as const)('cuts a %s at the end of a sentence', (type) => {
    expect(check('Dr. Who met a finch. It sang.', type)).toEqual({
      text: 'Dr. Who met a finch.',
      notes: ['sentences-cut'],
    });
    expect(check(sentences(5), type, 'medium')).toEqual({ text: sentences(4), notes: ['sentences-cut'] });
    expect(check(sentences(8), type, 'long')).toEqual({ text: sentences(8), notes: [] });
  });

  it('turns lists, headings and lines into one plain paragraph', () => {
    expect(check('**TL;DR:**\n\n- One *big* bird.\n- Two birds.', 'tldr', 'medium').text).toBe(
      'One big bird. Two birds.',
    );
    expect(check('Summary: One bird.', 'tldr').text).toBe('One bird.');
    expect(check('鳥です。\n小さい。', 'tldr', 'medium').text).toBe('鳥です。小さい。');
  });

  it.each([
    ['Zusammenfassung: ', 'Ein Fink singt.'],
    ['Kurz gesagt:\n', 'Ein Fink singt.'],
    ['Titre : ', 'Un oiseau chante.'],
    ['**En bref :** ', 'Un oiseau chante.'],
    ['Resumen: ', 'Un pájaro canta.'],
    ['要約：', '小鳥が歌う。'],
    ['【見出し】', '小鳥が歌う。'],
    ['标题：', '小鸟歌唱。'],
    ['总结\n\n', '小鸟歌唱。'],
    ['ملخص: ', 'طائر يغني.'],
    ['## العنوان\n', 'طائر يغني.'],
    ['・', '小鳥が歌う。'],
  ])('takes %j away', (label, said) => {
    for (const type of ['tldr', 'headline'] as const)
      expect(check(label + said, type)).toEqual({ text: said, notes: [] });
  });

  it('keeps words that only begin like a label, and a number that belongs to the line', () => {
    for (const line of ['Titelkampf endet unentschieden', 'Summary judgment: a word of law', '3. Liga']) {
      expect(check(line, 'tldr', 'medium').text).toBe(line);
    }
    expect(check('Resumen', 'headline').text).toBe('Resumen');
  });

  it('makes a headline of one line without quotes', () => {
    expect(check('Headline: "Bird sings"\n\nMore text.', 'headline').text).toBe('Bird sings');
    expect(check('A bird sings. It is small.', 'headline')).toEqual({
      text: 'A bird sings.',
      notes: ['sentences-cut'],
    });
  });

  it('cuts a long headline at a clause, or reports that it is too long', () => {
    const clause = 'Small finch of the heath sings all day long, says a report of three people';
    expect(check(clause, 'headline')).toEqual({
      text: 'Small finch of the heath sings all day long',
      notes: ['words-cut'],
    });
    const whole = 'A small finch of the heath sings all day long in the gorse of Rosedale';
    expect(check(whole, 'headline')).toEqual({ text: whole, notes: ['words-over'] });
    expect(check(whole, 'headline', 'medium').notes).toEqual([]);
  });
});
