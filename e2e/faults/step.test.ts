import { describe, expect, it } from 'vitest';
import { both, type FaultOutcome, sectionsOf } from './step.ts';
import { NOTHING } from './table.ts';

const outcome = (change: Partial<FaultOutcome>): FaultOutcome => ({
  tally: { ...NOTHING, times: 1, acknowledged: 3, recovered: 1 },
  losses: [],
  complaints: [],
  ...change,
});

describe('a fault that is judged twice', () => {
  const loss = { key: 'term/a', expected: ['A'], got: undefined };

  it.each([
    ['no complaint', outcome({}), outcome({}), { lost: 0, recovered: 1 }],
    ['a complaint at first', outcome({ complaints: ['hung'] }), outcome({}), { lost: 0, recovered: 0 }],
    ['a complaint later', outcome({}), outcome({ complaints: ['hung'] }), { lost: 0, recovered: 0 }],
    ['a loss each time', outcome({ losses: [loss] }), outcome({ losses: [loss] }), { lost: 2, recovered: 1 }],
  ])('with %s', (_, first, second, tally) => {
    expect(both(first, second).tally).toEqual({ ...NOTHING, times: 1, acknowledged: 3, ...tally });
  });
});

describe('sections', () => {
  it('are named with commas between them, and an unknown one is an error', () => {
    expect(sectionsOf('disk,kills')).toEqual(['disk', 'kills']);
    expect(() => sectionsOf('disk,kill')).toThrow('"kill" is no section');
  });
});
