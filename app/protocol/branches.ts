/**
 * The branches of a conversation. Editing a question or regenerating its answer starts a new branch at that question;
 * the old one stays and can be shown again. A branch is the whole path of job ids from the first question. `jobs` is the
 * path that is shown; if there are several branches, it is one of `branches`. Pure.
 */
import type { Conversation } from './types.ts';

export type Branched = Pick<Conversation, 'jobs' | 'branches'>;
type Path = readonly string[];

/** Every path, oldest first. */
const paths = ({ jobs, branches }: Branched): readonly Path[] => branches ?? [jobs];

const same = (a: Path, b: Path): boolean => a.length === b.length && a.every((id, i) => id === b[i]);

/** Every job of the conversation once, including those of branches that are not shown. */
export const allJobs = (conversation: Branched): string[] => [...new Set(paths(conversation).flat())];

/** The jobs before this one on its branch; empty if it is on none. */
export function jobsBefore(conversation: Branched, job: string): Path {
  const path = paths(conversation).find((ids) => ids.includes(job)) ?? [];
  return path.slice(0, Math.max(0, path.indexOf(job)));
}

/** Appends a job to the path that is shown. */
export function extended({ jobs, branches }: Branched, fresh: string): Branched {
  const longer = [...jobs, fresh];
  return branches === undefined
    ? { jobs: longer }
    : { jobs: longer, branches: branches.map((path) => (same(path, jobs) ? longer : path)) };
}

/** Adds a branch that has `fresh` in place of `job`, and shows it. */
export function branchedOff(conversation: Branched, job: string, fresh: string): Branched {
  const jobs = [...jobsBefore(conversation, job), fresh];
  return { jobs, branches: [...paths(conversation), jobs] };
}

/** Shows the newest branch that contains `job`; changes nothing if none does. */
export function switchedTo(conversation: Branched, job: string): Branched {
  const path = paths(conversation).findLast((ids) => ids.includes(job));
  return path === undefined ? conversation : { ...conversation, jobs: path };
}

/** The versions of the question at this index of the shown path, oldest first. */
export function versionsAt(conversation: Branched, index: number): string[] {
  const before = conversation.jobs.slice(0, index);
  const versions = paths(conversation).filter((path) => same(path.slice(0, index), before));
  return [...new Set(versions.map((path) => path[index]).filter((id) => id !== undefined))];
}
