/** The table at the end of a campaign, and what one fault adds to it. */

export interface Tally {
  /** How often the fault was caused. */
  readonly times: number;
  /** Writes that were acknowledged meanwhile. */
  readonly acknowledged: number;
  /** Of these, and of all acknowledged before, how many were not there afterwards. */
  readonly lost: number;
  /** Answers that the fault ended, and that say so. */
  readonly interrupted: number;
  /** How often the product answered requests again afterwards. */
  readonly recovered: number;
}

export type Tallies = Readonly<Record<string, Tally>>;

export const NOTHING: Tally = { times: 0, acknowledged: 0, lost: 0, interrupted: 0, recovered: 0 };

export const added = (a: Tally, b: Tally): Tally => ({
  times: a.times + b.times,
  acknowledged: a.acknowledged + b.acknowledged,
  lost: a.lost + b.lost,
  interrupted: a.interrupted + b.interrupted,
  recovered: a.recovered + b.recovered,
});

export const sum = (tallies: readonly Tally[]): Tally => tallies.reduce(added, NOTHING);

export const total = (tallies: Tallies): Tally => sum(Object.values(tallies));

/** As a Markdown table, with the sum in its last row. */
export function table(tallies: Tallies): string {
  const rows = [...Object.entries(tallies), ['all', total(tallies)] as const];
  const head = ['fault', 'times', 'recovered', 'acknowledged', 'lost', 'answers interrupted, and marked so'];
  const lines = rows.map(([kind, { times, recovered, acknowledged, lost, interrupted }]) =>
    [kind, times, recovered, acknowledged, lost, interrupted].join(' | '),
  );
  return [head.join(' | '), '---|---:|---:|---:|---:|---:', ...lines].map((line) => `| ${line} |`).join('\n');
}
