import { describe, expect, it } from 'vitest';
import type { Job } from '../../protocol/types.ts';
import { chatJob, summaryJob } from '../../testing/builders.ts';
import { canGoOn, outOfRoom, withEvent, workText } from './job-reducer.ts';

const job = chatJob({ id: 'j', status: 'writing', text: 'Hello' });
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
  const summary = summaryJob({ id: 'j', status: 'writing', text: 'Hello' });

  it('names what a running job is doing', () => {
    const textKey = (change: Partial<Job>, of: Job = job) => workText({ ...of, ...change });
    expect(textKey({ status: 'queued' })).toBe('status-queued');
    expect(textKey({ status: 'loading' })).toBe('status-loading');
    expect(textKey({ status: 'reading' })).toBe('status-reading-text');
    expect(textKey({ status: 'reading' }, summary)).toBe('status-reading');
    expect(textKey({ status: 'reading', rounds: [{ ends: [9], points: [] }] }, summary)).toBe(
      'status-reading-text',
    );
    expect(textKey({ thinking: true })).toBe('status-thinking');
    expect(textKey({})).toBe('status-writing');
  });

  it('lets a chat answer continue if it ended early and there is room', () => {
    const continues = (change: Partial<Job>, of: Job = job) => canGoOn({ ...of, ...change });
    const room = { context: { prompt: 100, capacity: 400 }, tokens: 200 };
    expect(continues({ status: 'done' })).toBe(false);
    expect(continues({ status: 'done', cut: true, ...room })).toBe(true);
    expect(continues({ status: 'done', cut: true, ...room, tokens: 300 })).toBe(false);
    expect(outOfRoom({ ...job, ...room, tokens: 300 })).toBe(true);
    for (const status of ['stopped', 'interrupted', 'failed'] as const)
      expect(continues({ status })).toBe(true);
    expect(continues({ status: 'stopped', text: '' })).toBe(false);
    expect(continues({ status: 'writing', cut: true })).toBe(false);
    expect(continues({ status: 'stopped' }, summary)).toBe(false);
  });
});
