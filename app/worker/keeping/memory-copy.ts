/**
 * A stored conversation that goes on in a way that must not be stored: it goes on as a copy in memory, and the stored one
 * stays as it was. Pure.
 */
import { allJobs } from '../../protocol/branches.ts';
import type { InMemory } from '../../protocol/keeping.ts';
import { type Conversation, isOver, type Job } from '../../protocol/types.ts';
import { settled } from '../../text/parts/preliminary.ts';

export interface MemoryCopy<C> {
  readonly conversation: C;
  readonly jobs: readonly Job[];
  /** The id of the copy of a job. */
  idOf(job: string): string;
}

/** `jobs`: those of the conversation that could be read. */
export function memoryCopy<C extends Conversation>(
  conversation: C,
  jobs: readonly Job[],
  inMemory: InMemory,
): MemoryCopy<C> {
  const id = crypto.randomUUID();
  const ids = new Map(allJobs(conversation).map((job) => [job, crypto.randomUUID()]));
  const idOf = (job: string): string => ids.get(job) ?? job;
  const renamed = (path: readonly string[]) => path.map(idOf);
  const { branches } = conversation;
  return {
    conversation: {
      ...conversation,
      id,
      inMemory,
      jobs: renamed(conversation.jobs),
      ...(branches === undefined ? {} : { branches: branches.map(renamed) }),
    },
    jobs: jobs.map((job) =>
      settled({
        ...job,
        id: idOf(job.id),
        conversation: id,
        inMemory,
        progress: isOver(job) ? job.progress : { phase: 'interrupted' },
      }),
    ),
    idOf,
  };
}
