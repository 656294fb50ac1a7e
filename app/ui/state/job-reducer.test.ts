import { describe, expect, it } from 'vitest';
import type { WireError } from '../../protocol/errors.ts';
import type { ChatJob, Job, JobProgress } from '../../protocol/types.ts';
import { chatJob, summaryJob } from '../../testing/builders.ts';
import { canGoOn, outOfRoom, withEvent, workText } from './job-reducer.ts';

const job = chatJob({ id: 'j', progress: { phase: 'writing' }, text: 'Hello' });
const jobs = new Map([['j', job]]);
const delta = { kind: 'delta', job: 'j', tokens: 2, tokensPerSecond: 5 } as const;

describe('the jobs a page knows', () => {
  it('append a delta', () => {
    const next = withEvent(jobs, { ...delta, at: 5, text: ', world' });
    expect(next?.get('j')).toMatchObject({ text: 'Hello, world', tokens: 2, tokensPerSecond: 5 });
  });

  it('accept a delta that overlaps the snapshot', () => {
    expect(withEvent(jobs, { ...delta, at: 3, text: 'lo!' })?.get('j')?.text).toBe('Hello!');
  });

  it('report a missed delta', () => {
    expect(withEvent(jobs, { ...delta, at: 9, text: 'x' })).toBeUndefined();
    expect(withEvent(new Map(), { ...delta, at: 0, text: 'x' })).toBeUndefined();
  });
});

describe('facts about a job', () => {
  const summary = summaryJob({ id: 'j', progress: { phase: 'writing' }, text: 'Hello' });

  it('names what a running job is doing', () => {
    const textKey = (progress: JobProgress, of: Job = job) => workText({ ...of, progress });
    expect(textKey({ phase: 'queued' })).toBe('status-queued');
    expect(textKey({ phase: 'loading' })).toBe('status-loading');
    expect(textKey({ phase: 'reading' })).toBe('status-reading-text');
    expect(textKey({ phase: 'reading' }, summary)).toBe('status-reading');
    expect(textKey({ phase: 'reading' }, { ...summary, rounds: [{ ends: [9], points: [] }] })).toBe(
      'status-reading-text',
    );
    expect(textKey({ phase: 'writing', thinking: true })).toBe('status-thinking');
    expect(textKey({ phase: 'writing' })).toBe('status-writing');
  });

  it('lets a chat answer continue if it ended early and there is room', () => {
    const continues = (change: Pick<Job, 'progress'> & Partial<ChatJob>) => canGoOn({ ...job, ...change });
    const room = { context: { prompt: 100, capacity: 400 }, tokens: 200 };
    expect(continues({ progress: { phase: 'done' } })).toBe(false);
    expect(continues({ progress: { phase: 'done', cut: true }, ...room })).toBe(true);
    expect(continues({ progress: { phase: 'done', cut: true }, ...room, tokens: 300 })).toBe(false);
    expect(outOfRoom({ ...job, ...room, tokens: 300 })).toBe(true);
    const error = { code: 'gpu-lost', message: '' } as WireError;
    const ends: JobProgress[] = [{ phase: 'stopped' }, { phase: 'interrupted' }, { phase: 'failed', error }];
    for (const progress of ends) expect(continues({ progress })).toBe(true);
    expect(continues({ progress: { phase: 'stopped' }, text: '' })).toBe(false);
    expect(continues({ progress: { phase: 'writing' } })).toBe(false);
    expect(canGoOn({ ...summary, progress: { phase: 'stopped' } })).toBe(false);
  });
});
