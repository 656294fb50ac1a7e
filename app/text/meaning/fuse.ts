/**
 * Joins rankings whose scores cannot be compared, by ranks alone: reciprocal rank fusion (Cormack, Clarke and Büttcher 2009,
 * "Reciprocal Rank Fusion outperforms Condorcet and individual Rank Learning Methods"). Pure.
 */

/** The paper's value: how little the first ranks count above the next ones. */
const SMOOTHING = 60;

/** Each ranking has indices, best first. All of them, best first; of equals the one that the first ranking has first. */
export function fuse(...rankings: readonly (readonly number[])[]): number[] {
  const scores = new Map<number, number>();
  for (const ranking of rankings)
    for (const [rank, index] of ranking.entries())
      scores.set(index, (scores.get(index) ?? 0) + 1 / (SMOOTHING + rank));
  return [...scores].toSorted(([, one], [, other]) => other - one).map(([index]) => index);
}
