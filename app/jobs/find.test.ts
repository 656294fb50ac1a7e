import { describe, expect, it } from 'vitest';
import type { Conversation, Job } from '../protocol/types.ts';
import { matcher } from './find.ts';

const conversation: Conversation = { id: 'c', title: 'Une soirée', jobs: ['j'], createdAt: 1, updatedAt: 1 };
const job = { ask: { kind: 'chat', text: 'Wer singt?' }, text: 'Der HÄNFLING singt.' } as Job;

describe('matcher', () => {
  it('looks into title, question and answer, without case and accents', () => {
    for (const words of ['soiree', 'hanfling', 'SINGT wer', '  soirée   der ']) {
      expect(matcher(words)!(conversation, [job]), words).toBe(true);
    }
    expect(matcher('soirée wren')!(conversation, [job])).toBe(false);
  });

  it('looks for nothing where nothing is said', () => {
    expect(matcher('  ')).toBeUndefined();
  });
});
