import { describe, expect, it } from 'vitest';
import type { SummaryJob } from '../../protocol/types.ts';
import { summaryJob } from '../../testing/builders.ts';
import { partsState, summaryAsMarkdown, summaryAsText } from './summary-text.ts';

const job = (change: Partial<SummaryJob>): SummaryJob =>
  summaryJob({ text: '- A [bird] sings.\n- It is small.', ...change });

describe('copying a summary', () => {
  const page = { url: 'https://example.org/a_(b)', title: 'The *linnet*', dir: 'ltr' } as const;

  it('gives plain text', () => {
    expect(summaryAsText(job({}))).toBe('• A [bird] sings.\n• It is small.');
    expect(summaryAsText(job({ text: ' A bird sings. ' }))).toBe('A bird sings.');
  });

  it('gives Markdown with title and link of the page, and escapes the text', () => {
    expect(summaryAsMarkdown(job({}), page)).toBe(
      '## The \\*linnet\\*\n\n- A \\[bird\\] sings.\n- It is small.\n\n[The \\*linnet\\*](https://example.org/a_%28b%29)',
    );
    expect(summaryAsMarkdown(job({ text: 'A bird.' }), undefined)).toBe('A bird.');
  });
});

describe('a summary in parts', () => {
  const rounds = [{ ends: [10, 20, 30], points: ['- A.'] }];

  it('is undefined for a page that is read at once', () => {
    expect(partsState(job({}))).toBeUndefined();
  });

  it('has the current part and the share that is done', () => {
    expect(partsState(job({ progress: { phase: 'queued' }, rounds }))).toMatchObject({
      part: 2,
      of: 3,
      done: 1 / 3,
    });
    const prompt = { done: 5, total: 10, reused: 0 };
    const half = partsState(job({ progress: { phase: 'reading', prompt }, rounds }))!;
    const writing = partsState(job({ progress: { phase: 'writing' }, rounds }))!;
    expect(half.done).toBeGreaterThan(1 / 3);
    expect(writing.done).toBeGreaterThan(half.done);
    expect(writing.done).toBeLessThan(2 / 3);
  });

  it('has a kind for further rounds and one for the last step', () => {
    const read = { ends: [1, 2, 3], points: ['a', 'b', 'c'] };
    expect(partsState(job({ rounds: [read, { ends: [4, 5], points: [] }] }))).toMatchObject({
      kind: 'notes',
      part: 1,
      of: 2,
    });
    expect(partsState(job({ rounds: [read] }))).toMatchObject({ kind: 'whole', of: 3 });
  });
});
