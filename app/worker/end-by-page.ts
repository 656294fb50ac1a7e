/** Ends a summary, or an answer about a page, with the page's own sentences where the model is not offered for it. */
import type { TaskOffer } from '../protocol/abilities.ts';
import type { ChatJob, Job, PageText, SummaryJob } from '../protocol/types.ts';
import { answersOf } from '../text/extract/answers.ts';
import { questionBy, summaryBy } from './abilities/offer.ts';
import type { CheckedAnswer } from './guides/answer-check.ts';
import type { JobContext } from './job-fields.ts';
import type { Liken } from './meaning/liken.ts';
import { questionsOf } from './prompts/chat-prompt.ts';
import { pageLanguage } from './prompts/page-language.ts';
import { quotedEnd } from './summary/quote-page.ts';

/** The job's fields at its end; undefined if the model is to answer. */
export async function endByPage(
  job: Job,
  offered: TaskOffer | undefined,
  context: () => Promise<JobContext>,
  liken: Liken,
): Promise<Partial<SummaryJob | ChatJob> | undefined> {
  if (offered === undefined || job.kind === 'translation') return undefined;
  const found = await (job.kind === 'summary'
    ? summaryEnd(job, offered, context)
    : chatEnd(job, offered, context, liken));
  return found && { ...found, notAsked: offered.model };
}

async function summaryEnd(
  job: SummaryJob,
  { offer }: TaskOffer,
  context: () => Promise<JobContext>,
): Promise<Partial<SummaryJob> | undefined> {
  const { style, language } = job.request;
  const read = language === undefined ? (await context()).page : undefined;
  const answered = language ?? (read && (await pageLanguage(read)));
  return summaryBy(offer, { style }, answered) === 'model' ? undefined : quotedEnd(job);
}

async function chatEnd(
  { request }: ChatJob,
  { offer }: TaskOffer,
  context: () => Promise<JobContext>,
  liken: Liken,
): Promise<Partial<ChatJob> | undefined> {
  const ownText = request.fills !== undefined || (request.attached ?? []).length > 0;
  if (request.alone === true || ownText || questionBy(offer) === 'model') return undefined;
  const { page, before } = await context();
  if (page === undefined) return undefined;
  const quotes = await quotesFor(page, before, request.text, liken);
  return { progress: { phase: 'done' }, text: quotation(quotes), quotes, quoted: true };
}

async function quotesFor(
  page: PageText,
  before: readonly Job[],
  question: string,
  liken: Liken,
): Promise<string[]> {
  const questions = questionsOf(question, before);
  return answersOf(page, questions, await liken(page, questions));
}

/** Markdown: each passage a quotation. */
const quotation = (quotes: readonly string[]): string => quotes.map((quote) => `> ${quote}`).join('\n\n');

/** The answer, or where it says nothing that its page has, the page's own words for the question. */
export async function orByPage(
  answer: CheckedAnswer,
  page: PageText,
  before: readonly Job[],
  question: string,
  liken: Liken,
): Promise<CheckedAnswer> {
  if (answer.claims?.doubtful === undefined) return answer;
  const quotes = await quotesFor(page, before, question, liken);
  if (quotes.length === 0) return answer;
  return { text: quotation(quotes), claims: { leftOut: [answer.text], quoted: true } };
}
