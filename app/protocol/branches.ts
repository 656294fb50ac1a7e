/**
 * The branches of a conversation. Editing a question, or asking for another answer to it, starts a new branch at that
 * place; the old one stays and can be shown again. A branch is a whole path of job ids from the first question
 * on; `jobs` is the path that is shown, and always one of `branches` where there is more than one. Pure.
 */
import type { Conversation } from './types.ts';

export type Branched = Pick<Conversation, 'jobs' | 'branches'>;
type Path = readonly string[];

/** Every path, oldest first. */
const paths = ({ jobs, branches }: Branched): readonly Path[] => branches ?? [jobs];

const same = (a: Path, b: Path): boolean => a.length === b.length && a.every((id, i) => id === b[i]);

/** Every job of the conversation, once, those of branches that are not shown as well. */
export const allJobs = (conversation: Branched): string[] => [...new Set(paths(conversation).flat())];

/** The jobs before this one, on whichever branch it is; empty where it is on none. */
export function jobsBefore(conversation: Branched, job: string): Path {
  const path = paths(conversation).find((ids) => ids.includes(job)) ?? [];
  return path.slice(0, Math.max(0, path.indexOf(job)));
}

/** One question more at the end of the path that is shown. */
export function extended({ jobs, branches }: Branched, fresh: string): Branched {
  const longer = [...jobs, fresh];
  return branches === undefined
    ? { jobs: longer }
    : { jobs: longer, branches: branches.map((path) => (same(path, jobs) ? longer : path)) };
}

/** A new branch with `fresh` in the place of `job`; it is shown from now on. */
export function branchedOff(conversation: Branched, job: string, fresh: string): Branched {
  const jobs = [...jobsBefore(conversation, job), fresh];
  return { jobs, branches: [...paths(conversation), jobs] };
}

/** Shows the newest branch that contains `job`; changes nothing where none does. */
export function switchedTo(conversation: Branched, job: string): Branched {
  const path = paths(conversation).findLast((ids) => ids.includes(job));
  return path === undefined ? conversation : { ...conversation, jobs: path };
}

/** The versions of the question at this place of the shown path, oldest first. */
export function versionsAt(conversation: Branched, place: number): string[] {
  const before = conversation.jobs.slice(0, place);
  const rivals = paths(conversation).filter((path) => same(path.slice(0, place), before));
  return [...new Set(rivals.map((path) => path[place]).filter((id) => id !== undefined))];
}
