import { describe, expect, it } from 'vitest';
import type { Job } from '../protocol/types.ts';
import { withEvent } from './job-state.ts';

const job: Job = {
  id: 'j',
  ask: { kind: 'chat', text: '?' },
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
