/** Conversations and jobs at their start: new ones, and jobs that are run again. */
import {
  type Conversation,
  type Job,
  type JobRequest,
  type JobTarget,
  partsLeft,
  type SummaryJob,
} from '../protocol/types.ts';
import { showsPreliminary } from '../text/parts/preliminary.ts';
import { questionText } from '../text/question-text.ts';

/** Most characters of a conversation's title. */
export const TITLE = 80;

/** A conversation without jobs, named by its page or its first question. */
export function newConversation(request: JobRequest, { page }: JobTarget, now: number): Conversation {
  const title = request.kind === 'summary' ? (page?.title ?? '') : questionText(request);
  return {
    id: crypto.randomUUID(),
    title: title.slice(0, TITLE),
    jobs: [],
    createdAt: now,
    updatedAt: now,
  };
}

export function newJob(
  request: JobRequest,
  now: number,
  { conversation, tab, owner, inMemory }: Pick<Job, 'conversation' | 'tab' | 'owner' | 'inMemory'>,
): Job {
  const base = {
    id: crypto.randomUUID(),
    progress: { phase: 'queued' },
    text: '',
    conversation,
    tab,
    ...(owner === undefined ? {} : { owner }),
    ...(inMemory === undefined ? {} : { inMemory }),
    createdAt: now,
    updatedAt: now,
  } as const;
  if (request.kind === 'summary') return { ...base, kind: request.kind, request };
  if (request.kind === 'translation') return { ...base, kind: request.kind, request };
  return { ...base, kind: request.kind, request };
}

/** Whether parts of a long page are still to be read or put together, so that asking again continues. */
export const goesOn = (job: Job): boolean => partsLeft(job) || showsPreliminary(job);

/** The same job without its answer, queued; notes on the parts of a long page stay. */
export function restarted(job: Job, now: number): Job {
  const { id, request, createdAt } = job;
  return { ...newJob(request, now, job), id, createdAt, ...notesOf(job), ...quotesOf(job) };
}

function quotesOf(job: Job): Partial<Pick<SummaryJob, 'quotes'>> {
  return job.kind === 'summary' && job.quotes !== undefined ? { quotes: job.quotes } : {};
}

/** The notes on a long page, the model that took them, and the preliminary summary where it is the answer. */
export type SummaryNotes = Partial<Pick<SummaryJob, 'rounds' | 'model' | 'preliminary'>>;

export function notesOf(job: Job): SummaryNotes {
  if (job.kind !== 'summary' || job.rounds === undefined) return {};
  const { rounds, model, preliminary } = job;
  return { rounds, model, ...(preliminary === undefined ? {} : { preliminary }) };
}
