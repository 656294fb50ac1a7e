/** Ends a summary with the page's own sentences where the model is not offered for it. */
import type { TaskOffer } from '../protocol/abilities.ts';
import type { Job, PageText, SummaryJob } from '../protocol/types.ts';
import { summaryBy } from './abilities/offer.ts';
import { pageLanguage } from './prompts/page-language.ts';
import { quotedEnd } from './summary/quote-page.ts';

/** The job's fields at its end; undefined if the model is to write the summary, and for every other job. */
export async function endByPage(
  job: Job,
  offered: TaskOffer | undefined,
  page: () => Promise<PageText | undefined>,
): Promise<Partial<SummaryJob> | undefined> {
  if (job.kind !== 'summary' || offered === undefined) return undefined;
  const { style, language } = job.request;
  const read = language === undefined ? await page() : undefined;
  const answered = language ?? (read && (await pageLanguage(read)));
  if (summaryBy(offered.offer, { style }, answered) === 'model') return undefined;
  const end = quotedEnd(job);
  return end && { ...end, notAsked: offered.model };
}
