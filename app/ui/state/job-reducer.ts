/** Computes a page's view of the jobs from the events it receives, and facts about a job that views show. Pure. */
import type { ServerEvent } from '../../protocol/requests.ts';
import { isOver, type Job, type PromptProgress, wasCut } from '../../protocol/types.ts';

export type Jobs = ReadonlyMap<string, Job>;

/** Returns the jobs after `event`; undefined if an earlier event was missed and the whole state is needed again. */
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
    progress: { phase: 'writing' },
    text: job.text.slice(0, at) + text,
    tokens,
    tokensPerSecond,
  });
}

/** Returns the key of the text that says what a running job is doing. */
export function workText(job: Job) {
  const { progress } = job;
  if (progress.phase === 'queued' || progress.phase === 'loading') return `status-${progress.phase}` as const;
  if (progress.phase === 'writing') return progress.thinking === true ? 'status-thinking' : 'status-writing';
  return job.kind === 'summary' && job.rounds === undefined ? 'status-reading' : 'status-reading-text';
}

/** Whether a chat answer ended before it was complete and the model's context has room for more. */
export function canGoOn(job: Job): boolean {
  if (job.kind !== 'chat' || job.text === '' || !isOver(job)) return false;
  return (wasCut(job) || job.progress.phase !== 'done') && !outOfRoom(job);
}

/** Whether prompt and answer fill the model's context. */
export function outOfRoom({ context, tokens = 0 }: Job): boolean {
  return context !== undefined && context.prompt + tokens >= context.capacity;
}

export const underWay = (job: Job | undefined): boolean => job !== undefined && !isOver(job);

/** Returns how much of the prompt is read; undefined if the job is not reading or the total is unknown. */
export function readingOf({ progress }: Job): PromptProgress | undefined {
  const prompt = progress.phase === 'reading' ? progress.prompt : undefined;
  return prompt !== undefined && prompt.total > 0 ? prompt : undefined;
}
