import { describe, expect, it } from 'vitest';
import { allJobs, branchedOff, extended, jobsBefore, switchedTo, versionsAt } from './branches.ts';

describe('branches of a conversation', () => {
  const plain = { jobs: ['a', 'b', 'c'] };
  const edited = branchedOff(plain, 'b', 'b2');

  it('do not exist until a question is edited', () => {
    expect(extended(plain, 'd')).toEqual({ jobs: ['a', 'b', 'c', 'd'] });
    expect(versionsAt(plain, 1)).toEqual(['b']);
  });

  it('keep the old path and show the new one', () => {
    expect(edited.jobs).toEqual(['a', 'b2']);
    expect(allJobs(edited)).toEqual(['a', 'b', 'c', 'b2']);
    expect(versionsAt(edited, 1)).toEqual(['b', 'b2']);
    expect(versionsAt(edited, 0)).toEqual(['a']);
    expect(jobsBefore(edited, 'c')).toEqual(['a', 'b']);
  });

  it('grow separately, and keep their state when another one is shown', () => {
    const grown = extended(edited, 'c2');
    const back = switchedTo(grown, 'b');
    expect(back.jobs).toEqual(['a', 'b', 'c']);
    expect(versionsAt(back, 1)).toEqual(['b', 'b2']);
    expect(switchedTo(back, 'b2').jobs).toEqual(['a', 'b2', 'c2']);
  });

  it('may begin with the first question, and branch again', () => {
    const first = branchedOff(edited, 'a', 'a2');
    expect(versionsAt(first, 0)).toEqual(['a', 'a2']);
    const third = branchedOff(switchedTo(first, 'b2'), 'b2', 'b3');
    expect(versionsAt(third, 1)).toEqual(['b', 'b2', 'b3']);
  });

  it('do not change for an unknown question', () => {
    expect(switchedTo(edited, 'x')).toBe(edited);
    expect(jobsBefore(edited, 'x')).toEqual([]);
  });
});
