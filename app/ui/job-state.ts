/** How a page's picture of jobs follows from the events it hears. Pure. */
import { isOver, type Job, type ServerEvent } from '../protocol/types.ts';

export type Jobs = ReadonlyMap<string, Job>;

/** Undefined means: something was missed, watch anew. */
export function withEvent(jobs: Jobs, event: ServerEvent): Jobs | undefined {
  if (event.kind === 'job') return new Map(jobs).set(event.job.id, event.job);
  if (event.kind === 'conversation') {
    const next = new Map(jobs);
    for (const job of event.jobs) next.set(job.id, job);
    return next;
  }
  if (event.kind !== 'delta') return jobs;
  const job = jobs.get(event.job);
  if (job === undefined || event.at > job.text.length) return undefined;
  const { at, text, tokens, tokensPerSecond } = event;
  return new Map(jobs).set(job.id, {
    ...job,
    status: 'writing',
    text: job.text.slice(0, at) + text,
    tokens,
    tokensPerSecond,
  });
}

export const underWay = (job: Job | undefined): boolean => job !== undefined && !isOver(job.status);
