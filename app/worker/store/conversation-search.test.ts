import { describe, expect, it } from 'vitest';
import type { Conversation, Job } from '../../protocol/types.ts';
import { snippetAround, matcher } from './conversation-search.ts';

const conversation: Conversation = { id: 'c', title: 'Une soirée', jobs: ['j'], createdAt: 1, updatedAt: 1 };
const job = { request: { kind: 'chat', text: 'Wer singt?' }, text: 'Der HÄNFLING singt.' } as Job;

describe('matcher', () => {
  it('searches title, question and answer, ignoring case and accents', () => {
    for (const words of ['soiree', 'hanfling', 'SINGT wer', '  soirée   der ']) {
      expect(matcher(words)!(conversation, [job]), words).toBeDefined();
    }
    expect(matcher('soirée wren')!(conversation, [job])).toBeUndefined();
  });

  it('shows a snippet around a word that is not in the title', () => {
    expect(matcher('soiree')!(conversation, [job])).toEqual({});
    expect(matcher('der soiree hanfling')!(conversation, [job])).toEqual({
      snippet: { before: 'Der ', hit: 'HÄNFLING', after: ' singt.' },
    });
  });

  it('cuts a snippet between words, and counts characters of the original text', () => {
    const text = `${'Many words before it. '.repeat(4)}\nL’ｅ́vénement du jour ${'and as many after it. '.repeat(9)}`;
    const { before, hit, after } = snippetAround(text, 'evenement');
    expect(hit).toBe('ｅ́vénement');
    expect(before).toBe('… words before it. L’');
    expect(after).toMatch(/^ du jour and as many .{40,70} \w+…$/);
    expect(snippetAround('ﬁnch', 'fin')).toMatchObject({ before: '', hit: 'ﬁn' });
  });

  it('shows the beginning of a text in which the word cannot be located', () => {
    expect(snippetAround('No such word is here.', 'wren')).toEqual({
      before: '',
      hit: '',
      after: 'No such word is here.',
    });
  });

  it('matches nothing if no words are given', () => {
    expect(matcher('  ')).toBeUndefined();
  });
});
