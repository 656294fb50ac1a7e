/**
 * A summary from the page's own sentences: shown while the model is loaded, waited for or reading, and the answer itself
 * where no model is on the device.
 */
import { asList } from '../../text/key-points.ts';
import { type QuoteRequest, quotesOf } from '../../text/extract/quotes.ts';
import type { WireError } from '../../protocol/errors.ts';
import type { Job, PageText, SummaryJob, SummaryLength, SummaryStyle } from '../../protocol/types.ts';
import { joinLines, MOST_POINTS, MOST_WORDS } from './summary-limits.ts';

/** Sentences for "a sentence", "a short paragraph" and "a paragraph": quoted ones are longer than written ones. */
const MOST_QUOTED: Readonly<Record<SummaryLength, number>> = { short: 1, medium: 3, long: 5 };

/** The job with the sentences for its style; the same job where the page has none, or where it is no summary. */
export function withQuotes(job: Job, page: PageText | undefined): Job {
  if (job.kind !== 'summary' || page === undefined) return job;
  const quotes = quotesOf(page, quoteRequest(job.request.style));
  return quotes.length === 0 ? job : { ...job, quotes };
}

function quoteRequest({ type, length }: SummaryStyle): QuoteRequest {
  if (type === 'headline') return { kind: 'headline', words: MOST_WORDS[length] };
  return { kind: 'sentences', most: type === 'key-points' ? MOST_POINTS[length] : MOST_QUOTED[length] };
}

/** The text of a summary of this style that is made of the page's own sentences. */
export function summaryOfQuotes(quotes: readonly string[], { type }: SummaryStyle): string {
  if (type === 'key-points') return asList(quotes);
  return (type === 'headline' ? quotes : quotes.map(ended)).reduce(joinLines, '');
}

/** A sign at the end of a sentence, with closing quotation marks or brackets after it. */
const ENDED = /[.!?…。！？؟।](?:["'”’»」』)\]）]|\[\d+\])*$/u;

/** An entry of a list ends without a sign; in a paragraph it would run into the next one. */
const ended = (quote: string): string =>
  ENDED.test(quote)
    ? quote
    : quote + (/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]$/u.test(quote) ? '。' : '.');

/** The fields of a summary that ends with its quotes because there is no model; undefined for every other job and error. */
export const endWithQuotes = (job: Job, { code }: WireError): Partial<SummaryJob> | undefined =>
  code === 'no-model' ? quotedEnd(job) : undefined;

/** The fields of a summary that ends with its quotes; undefined if it has none. */
export function quotedEnd(job: Job): Partial<SummaryJob> | undefined {
  if (job.kind !== 'summary' || job.quotes === undefined) return undefined;
  const { quotes } = job;
  const listed = job.request.style.type === 'key-points';
  return {
    progress: { phase: 'done' },
    text: summaryOfQuotes(quotes, job.request.style),
    passages: listed ? quotes : undefined,
    quoted: true,
  };
}
