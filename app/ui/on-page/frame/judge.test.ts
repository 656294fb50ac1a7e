import { describe, expect, it } from 'vitest';
import type { Hindrance } from '../hindrance.ts';
import { judge, type Visibility, STEADY_MS } from './judge.ts';

const clear: Visibility = { seenFor: 5000, steadyFor: 5000, hindrance: undefined };
const hindrances: readonly Hindrance[] = ['gone', 'styled', 'resized', 'covered', 'transition'];

/** Every state of visibility, and what happens to an action that has an effect. */
const states: readonly (readonly [string, Partial<Visibility>, 'do' | 'early' | 'refuse'])[] = [
  ['visible and steady', {}, 'do'],
  ['visible just long enough', { seenFor: STEADY_MS, steadyFor: STEADY_MS }, 'do'],
  ['visible only now', { seenFor: 0 }, 'early'],
  ['visible a moment too short', { seenFor: STEADY_MS - 1 }, 'early'],
  ['moved only now', { steadyFor: 0 }, 'early'],
  ['moved a moment ago', { steadyFor: STEADY_MS - 1 }, 'early'],
  ['never reported as visible', { seenFor: undefined }, 'refuse'],
  ['not reported as visible, and moved only now', { seenFor: undefined, steadyFor: 0 }, 'refuse'],
  ...hindrances.map((hindrance) => [hindrance, { hindrance }, 'refuse'] as const),
  ...hindrances.map(
    (hindrance) =>
      [`${hindrance}, moved only now`, { hindrance, steadyFor: 0, seenFor: 0 }, 'refuse'] as const,
  ),
];

describe('an action in the frame', () => {
  it.each(states)('that is %s', (_, state, verdict) => {
    expect(judge('guarded', { ...clear, ...state })).toBe(verdict);
  });

  it.each(states)('that only ends or moves something is always carried out: %s', (_, state) => {
    expect(judge('harmless', { ...clear, ...state })).toBe('do');
  });
});
