import type { FaultOutcome } from '../step.ts';
import { sum, type Tally } from '../table.ts';

export const total = (outcomes: readonly FaultOutcome[]): Tally => sum(outcomes.map(({ tally }) => tally));

/** All losses and complaints, readable. */
export const lossesOf = (outcomes: readonly FaultOutcome[]): string[] =>
  outcomes.flatMap(({ losses, complaints }) => [
    ...losses.map(({ key, expected, got }) => `${key}: ${expected.join(' or ')} became ${got}`),
    ...complaints,
  ]);
