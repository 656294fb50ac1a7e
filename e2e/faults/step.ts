/** One fault of a campaign: what it is called, and how it is caused and judged. */
import type { Driver } from './driver.ts';
import type { Loss } from './ledger.ts';
import { added, NOTHING, type Tally } from './table.ts';

export type Section = 'kills' | 'device' | 'disk' | 'damage' | 'windows' | 'update' | 'clock' | 'large';

export interface FaultOutcome {
  readonly tally: Tally;
  readonly losses: readonly Loss[];
  /** What went wrong besides: requests that hung, answers that never ended. */
  readonly complaints: readonly string[];
}

/** What a step runs with. */
export interface Surroundings {
  readonly driver: Driver;
  /** Address of a model on a server of this machine. */
  readonly hub: string;
}

export interface Step {
  readonly section: Section;
  /** The row of the table that it counts in. */
  readonly fault: string;
  /** For the line that is printed. */
  readonly detail: string;
  /** It needs a browser with nothing stored, and leaves one that is not used again. */
  readonly alone?: true;
  /** It is not about a browser: its driver must not be used. */
  readonly inNode?: true;
  run(surroundings: Surroundings): Promise<FaultOutcome>;
}

/** A step without a browser, whose faults are counted together. */
export const inNode = (
  section: Section,
  fault: string,
  detail: string,
  cause: () => Promise<readonly FaultOutcome[]>,
): Step => ({
  section,
  fault,
  detail,
  inNode: true,
  run: async () => {
    const outcomes = await cause();
    return {
      tally: outcomes.map(({ tally }) => tally).reduce(added, NOTHING),
      losses: outcomes.flatMap(({ losses }) => losses),
      complaints: outcomes.flatMap(({ complaints }) => complaints),
    };
  },
});
