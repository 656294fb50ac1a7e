import type { FaultOutcome } from '../step.ts';
import { added, NOTHING, type Tally } from '../table.ts';

export const total = (outcomes: readonly FaultOutcome[]): Tally =>
  outcomes.map(({ tally }) => tally).reduce(added, NOTHING);

/** All losses and complaints, readable. */
export const lossesOf = (outcomes: readonly FaultOutcome[]): string[] =>
  outcomes.flatMap(({ losses, complaints }) => [
    ...losses.map(({ key, expected, got }) => `${key}: ${expected.join(' or ')} became ${got}`),
    ...complaints,
  ]);
