import { describe, expect, it } from 'vitest';
import type { Job } from '../../protocol/types.ts';
import { canGoOn, outOfRoom, withEvent, workText } from './job-reducer.ts';

const job: Job = {
  id: 'j',
  request: { kind: 'chat', text: '?' },
  status: 'writing',
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
  const summary = { ...job, request: { kind: 'summary', style: { type: 'tldr', length: 'short' } } } as const;

  it('that is under way', () => {
    const said = (change: Partial<Job>, of: Job = job) => workText({ ...of, ...change });
    expect(said({ status: 'queued' })).toBe('status-queued');
    expect(said({ status: 'loading' })).toBe('status-loading');
    expect(said({ status: 'reading' })).toBe('status-reading-text');
    expect(said({ status: 'reading' }, summary)).toBe('status-reading');
    expect(said({ status: 'reading', rounds: [{ ends: [9], points: [] }] }, summary)).toBe(
      'status-reading-text',
    );
    expect(said({ thinking: true })).toBe('status-thinking');
    expect(said({})).toBe('status-writing');
  });

  it('whether it can go on: one of a chat that ended early, while there is room', () => {
    const goesOn = (change: Partial<Job>, of: Job = job) => canGoOn({ ...of, ...change });
    const room = { context: { prompt: 100, capacity: 400 }, tokens: 200 };
    expect(goesOn({ status: 'done' })).toBe(false);
    expect(goesOn({ status: 'done', cut: true, ...room })).toBe(true);
    expect(goesOn({ status: 'done', cut: true, ...room, tokens: 300 })).toBe(false);
    expect(outOfRoom({ ...job, ...room, tokens: 300 })).toBe(true);
    for (const status of ['stopped', 'interrupted', 'failed'] as const) expect(goesOn({ status })).toBe(true);
    expect(goesOn({ status: 'stopped', text: '' })).toBe(false);
    expect(goesOn({ status: 'writing', cut: true })).toBe(false);
    expect(goesOn({ status: 'stopped' }, summary)).toBe(false);
  });
});
