/** How a page's picture of jobs follows from the events it hears. Pure. */
import type { ServerEvent } from '../../protocol/requests.ts';
import { isOver, type Job } from '../../protocol/types.ts';

export type Jobs = ReadonlyMap<string, Job>;

/** Undefined where a delta was missed: the topic has to be resynchronised. */
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

/** The text that says what a job under way is doing. */
export function workText({ status, thinking, request, rounds }: Job) {
  if (status === 'queued' || status === 'loading') return `status-${status}` as const;
  if (status === 'writing') return thinking === true ? 'status-thinking' : 'status-writing';
  return request.kind === 'summary' && rounds === undefined ? 'status-reading' : 'status-reading-text';
}

/** An answer of a chat that ended before it was complete, where the model has room for more. */
export function canGoOn(job: Job): boolean {
  const { request, status, text, cut } = job;
  if (request.kind !== 'chat' || text === '' || !isOver(status)) return false;
  return (cut === true || status !== 'done') && !outOfRoom(job);
}

/** Prompt and answer fill the model's context. */
export function outOfRoom({ context, tokens = 0 }: Job): boolean {
  return context !== undefined && context.prompt + tokens >= context.capacity;
}

export const underWay = (job: Job | undefined): boolean => job !== undefined && !isOver(job.status);

/** How much of the prompt is read, while it is and that is known. */
export function readingOf({ status, reading }: Pick<Job, 'status' | 'reading'>): Job['reading'] {
  return status === 'reading' && reading !== undefined && reading.total > 0 ? reading : undefined;
}
