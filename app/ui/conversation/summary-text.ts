/** Formats a summary for the clipboard, and computes the progress of a summary in parts. Pure. */
import { keyPoints } from '../../text/key-points.ts';
import { type Conversation, isOver, type Job, partsLeft } from '../../protocol/types.ts';

import { readingOf } from '../state/job-reducer.ts';

type Page = Conversation['page'];

const isList = (job: Job): boolean => /^\s*- /.test(job.text);

/** Returns plain text: no Markdown, and a bullet before each point. */
export function summaryAsText(job: Job): string {
  if (!isList(job)) return job.text.trim();
  return keyPoints(job.text)
    .map((point) => `• ${point}`)
    .join('\n');
}

/** Returns Markdown with the page's title above the summary and a link to the page below it. */
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

/** Escapes the characters that Markdown would interpret. */
const escaped = (text: string): string => text.replace(/[\\`*_[\]<>#|]/g, '\\$&');

export type PartsState =
  | { readonly kind: 'page' | 'notes'; readonly part: number; readonly of: number; readonly done: number }
  /** All parts have notes, and the summary is made from them. */
  | { readonly kind: 'whole'; readonly of: number; readonly done: number };

/** Estimated share of a step's time that reading its prompt takes; the rest is writing. */
const READING_SHARE = 0.6;

/** Returns the progress; undefined for a page that is read at once. `done` is the share of this round's parts, 0 to 1. */
export function partsState(job: Job): PartsState | undefined {
  const rounds = job.kind === 'summary' ? job.rounds : undefined;
  const last = rounds?.at(-1);
  if (rounds === undefined || last === undefined) return undefined;
  const prompt = readingOf(job);
  const read = prompt === undefined ? 0 : prompt.done / prompt.total;
  const step = isOver(job) || job.progress.phase === 'writing' ? READING_SHARE : READING_SHARE * read;
  const of = last.ends.length;
  if (!partsLeft(job)) return { kind: 'whole', of: rounds[0]!.ends.length, done: step };
  const noted = last.points.length;
  const kind = rounds.length === 1 ? 'page' : 'notes';
  return { kind, part: noted + 1, of, done: (noted + step) / of };
}
