/** One fault of a campaign: what it is called, and how it is caused and judged. */
import type { Driver } from './driver.ts';
import type { Loss } from './ledger.ts';
import { sum, type Tally } from './table.ts';

const SECTIONS = ['kills', 'device', 'disk', 'damage', 'windows', 'update', 'clock', 'large'] as const;
export type Section = (typeof SECTIONS)[number];

/** The sections that a text names, separated by commas. Throws for a name that is none, as it would run nothing. */
export function sectionsOf(text: string): Section[] {
  return text.split(',').map((name) => {
    const section = SECTIONS.find((each) => each === name);
    if (section === undefined)
      throw new RangeError(`"${name}" is no section; there are ${SECTIONS.join(' ')}`);
    return section;
  });
}

export interface FaultOutcome {
  readonly tally: Tally;
  readonly losses: readonly Loss[];
  /** What went wrong besides: requests that hung, answers that never ended. */
  readonly complaints: readonly string[];
}

/** What a step runs with. */
export interface FaultSetting {
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
  run(surroundings: FaultSetting): Promise<FaultOutcome>;
}

/** One fault that was judged twice: it survived if neither had a complaint. */
export function both(first: FaultOutcome, second: FaultOutcome): FaultOutcome {
  const losses = [...first.losses, ...second.losses];
  const complaints = [...first.complaints, ...second.complaints];
  const recovered = complaints.length === 0 ? 1 : 0;
  return { losses, complaints, tally: { ...second.tally, lost: losses.length, recovered } };
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
      tally: sum(outcomes.map(({ tally }) => tally)),
      losses: outcomes.flatMap(({ losses }) => losses),
      complaints: outcomes.flatMap(({ complaints }) => complaints),
    };
  },
});
