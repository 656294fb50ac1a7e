import { describe, expect, it } from 'vitest';
import type { WireError } from '../../protocol/errors.ts';
import type { ChatJob, Job, JobProgress, SummaryJob } from '../../protocol/types.ts';
import { canGoOn, outOfRoom, withEvent, workText } from './job-reducer.ts';

const job: ChatJob = {
  id: 'j',
  kind: 'chat',
  request: { kind: 'chat', text: '?' },
  progress: { phase: 'writing' },
  text: 'Hello',
  createdAt: 0,
  updatedAt: 0,
};
const jobs = new Map([['j', job]]);
const delta = { kind: 'delta', job: 'j', tokens: 2, tokensPerSecond: 5 } as const;

describe('jobs seen by a page', () => {
  it('grow by deltas', () => {
    const next = withEvent(jobs, { ...delta, at: 5, text: ', world' });
    expect(next?.get('j')).toMatchObject({ text: 'Hello, world', tokens: 2, tokensPerSecond: 5 });
  });

  it('take a delta that overlaps what a snapshot already had', () => {
    expect(withEvent(jobs, { ...delta, at: 3, text: 'lo!' })?.get('j')?.text).toBe('Hello!');
  });

  it('notice a gap', () => {
    expect(withEvent(jobs, { ...delta, at: 9, text: 'x' })).toBeUndefined();
    expect(withEvent(new Map(), { ...delta, at: 0, text: 'x' })).toBeUndefined();
  });
});

describe('what is said of a job', () => {
  const summary: SummaryJob = {
    ...job,
    kind: 'summary',
    request: { kind: 'summary', style: { type: 'tldr', length: 'short' } },
  };

  it('that is under way', () => {
    const said = (progress: JobProgress, of: Job = job) => workText({ ...of, progress });
    expect(said({ phase: 'queued' })).toBe('status-queued');
    expect(said({ phase: 'loading' })).toBe('status-loading');
    expect(said({ phase: 'reading' })).toBe('status-reading-text');
    expect(said({ phase: 'reading' }, summary)).toBe('status-reading');
    expect(said({ phase: 'reading' }, { ...summary, rounds: [{ ends: [9], points: [] }] })).toBe(
      'status-reading-text',
    );
    expect(said({ phase: 'writing', thinking: true })).toBe('status-thinking');
    expect(said({ phase: 'writing' })).toBe('status-writing');
  });

  it('whether it can go on: one of a chat that ended early, while there is room', () => {
    const goesOn = (change: Pick<Job, 'progress'> & Partial<ChatJob>) => canGoOn({ ...job, ...change });
    const room = { context: { prompt: 100, capacity: 400 }, tokens: 200 };
    expect(goesOn({ progress: { phase: 'done' } })).toBe(false);
    expect(goesOn({ progress: { phase: 'done', cut: true }, ...room })).toBe(true);
    expect(goesOn({ progress: { phase: 'done', cut: true }, ...room, tokens: 300 })).toBe(false);
    expect(outOfRoom({ ...job, ...room, tokens: 300 })).toBe(true);
    const error = { code: 'gpu-lost', message: '' } as WireError;
    const ends: JobProgress[] = [{ phase: 'stopped' }, { phase: 'interrupted' }, { phase: 'failed', error }];
    for (const progress of ends) expect(goesOn({ progress })).toBe(true);
    expect(goesOn({ progress: { phase: 'stopped' }, text: '' })).toBe(false);
    expect(goesOn({ progress: { phase: 'writing' } })).toBe(false);
    expect(canGoOn({ ...summary, progress: { phase: 'stopped' } })).toBe(false);
  });
});
