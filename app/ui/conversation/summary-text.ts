/** A summary as it is copied, and how far a summary in parts is. Pure. */
import { keyPoints } from '../../text/key-points.ts';
import { type Conversation, isOver, type Job, partsLeft } from '../../protocol/types.ts';

import { readingOf } from '../state/job-reducer.ts';

type Page = Conversation['page'];

const isList = (job: Job): boolean => /^\s*- /.test(job.text);

/** Plain text for any field: no Markdown, points with a dot. */
export function summaryAsText(job: Job): string {
  if (!isList(job)) return job.text.trim();
  return keyPoints(job.text)
    .map((point) => `• ${point}`)
    .join('\n');
}

/** With the page's title over it and a link to the page under it. */
export function summaryAsMarkdown(job: Job, page: Page): string {
  const text = isList(job)
    ? keyPoints(job.text)
        .map((point) => `- ${escaped(point)}`)
        .join('\n')
    : escaped(job.text.trim());
  if (page === undefined) return text;
  const title = escaped(page.title);
  const heading = title === '' ? [] : [`## ${title}`];
  // A bracket in an address would end the link early.
  const address = page.url.replace(/[()\s]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
  return [...heading, text, `[${title || escaped(page.url)}](${address})`].join('\n\n');
}

/** What a sentence has that Markdown would take for its own. */
const escaped = (text: string): string => text.replace(/[\\`*_[\]<>#|]/g, '\\$&');

export type PartsState =
  | { readonly kind: 'page' | 'notes'; readonly part: number; readonly of: number; readonly done: number }
  /** All parts are noted; their notes become the summary. */
  | { readonly kind: 'whole'; readonly of: number; readonly done: number };

/** How much of a step is reading its prompt, in time; the rest is writing. */
const READING = 0.6;

/** Undefined for a page that is read at once. `done` is the share of this round's parts, 0 to 1. */
export function partsState(job: Job): PartsState | undefined {
  const rounds = job.kind === 'summary' ? job.rounds : undefined;
  const last = rounds?.at(-1);
  if (rounds === undefined || last === undefined) return undefined;
  const prompt = readingOf(job);
  const read = prompt === undefined ? 0 : prompt.done / prompt.total;
  const step = isOver(job) || job.progress.phase === 'writing' ? READING : READING * read;
  const of = last.ends.length;
  if (!partsLeft(job)) return { kind: 'whole', of: rounds[0]!.ends.length, done: step };
  const noted = last.points.length;
  const kind = rounds.length === 1 ? 'page' : 'notes';
  return { kind, part: noted + 1, of, done: (noted + step) / of };
}
