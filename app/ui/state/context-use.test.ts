import { describe, expect, it } from 'vitest';
import type { ChatJob } from '../../protocol/types.ts';
import { chatJob } from '../../testing/builders.ts';
import { contextUse, turnsLeftOut } from './context-use.ts';

const job = (change: Partial<ChatJob>): ChatJob => chatJob({ text: 'An answer.', ...change });

describe('the use of the context', () => {
  it('counts the newest prompt and its answer', () => {
    expect(contextUse([])).toBeUndefined();
    const jobs = [job({ context: { prompt: 100, capacity: 400 }, tokens: 20 }), job({})];
    expect(contextUse(jobs)).toEqual({ used: 120, capacity: 400, part: 0.3, state: 'roomy' });
    expect(contextUse([job({ context: { prompt: 350, capacity: 400 } })])?.state).toBe('nearly-full');
    expect(contextUse([job({ context: { prompt: 399, capacity: 400 }, tokens: 9 })])?.used).toBe(400);
  });

  it('is full if a turn was left out, even if the rest needs less', () => {
    const full = job({ context: { prompt: 300, capacity: 400 }, tokens: 9, forgotten: 1 });
    expect(contextUse([full])).toEqual({ used: 309, capacity: 400, part: 1, state: 'full' });
  });

  it('counts turns without an answer as left out when a later one is', () => {
    expect(turnsLeftOut([job({}), job({})])).toBe(0);
    const newest = job({ forgotten: 1 });
    expect(turnsLeftOut([job({}), job({}), newest])).toBe(1);
    expect(turnsLeftOut([job({ text: '' }), job({}), job({}), newest])).toBe(2);
    expect(turnsLeftOut([job({}), job({ forgotten: 1 }), job({ forgotten: 2 })])).toBe(2);
  });
});
