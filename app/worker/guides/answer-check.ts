/**
 * Checks an answer about a page: a sentence whose numbers or names the page does not have is left out. The job keeps those
 * sentences, so that a person can read what was left out.
 */
import { claimsOf, type ClaimOptions, unsupported } from '../../text/claims/claims.ts';
import { leaveOut } from '../../text/claims/leave-out.ts';
import { PageFacts } from '../../text/claims/page-facts.ts';
import { guessedLanguage } from '../../text/claims/text-language.ts';
import { sameLanguage } from '../../text/language.ts';
import type { Guide } from '../../../engine/index.ts';
import { ClaimsGuide } from './claims-guide.ts';
import type { ClaimCheck, Job, PageText } from '../../protocol/types.ts';

export interface CheckedAnswer {
  readonly text: string;
  /** Absent for an answer without numbers and names. */
  readonly claims?: ClaimCheck;
}

/** What an answer is held against, and how. */
export interface AnswerGround {
  readonly page: PageFacts;
  /** The text of the page. */
  readonly text: string;
  /** BCP 47, of the page; absent where it is not known. */
  readonly language: string | undefined;
}

/** `before`: earlier questions and answers of the conversation; an answer may repeat what they say. */
export function groundOf(page: PageText, before: readonly Job[] = [], question = ''): AnswerGround {
  const said = before.flatMap((job) => (job.kind === 'chat' ? [job.request.text, job.text] : []));
  const language = guessedLanguage(page.text) ?? page.lang;
  return {
    page: new PageFacts([page.text, page.title, addressWords(page.url), question, ...said]),
    text: page.text,
    language,
  };
}

/** The host and path of an address: a site's name is often nowhere else. */
function addressWords(url: string): string {
  return URL.canParse(url) ? `${new URL(url).hostname} ${new URL(url).pathname}` : '';
}

/**
 * Names are not looked up for an answer in another language than its page, in which they have other forms. `language`:
 * BCP 47, that the answer was asked for in.
 */
export function claimOptions(ground: AnswerGround, text: string, language?: string): ClaimOptions {
  const own = language ?? guessedLanguage(text);
  const other = own !== undefined && ground.language !== undefined && !sameLanguage(own, ground.language);
  return { language: own, numbersOnly: other };
}

/** A guide for an answer. `begun`: the part of it that is given to the model. */
export function claimsGuide(ground: AnswerGround, begun: string, language?: string): Guide {
  const options = (text: string) => claimOptions(ground, text, language);
  return new ClaimsGuide({ page: ground.page, begun, options });
}

/** Where nothing would be left, the answer stays whole, and `claims` says what of it the page does not have. */
export function checkAnswer(text: string, ground: AnswerGround, language?: string): CheckedAnswer {
  const options = claimOptions(ground, text, language);
  if (claimsOf(text, options).length === 0) return { text };
  const { text: kept, leftOut } = leaveOut(text, ground.page, options);
  if (/[\p{L}\p{N}]/u.test(kept)) return { text: kept, claims: { leftOut } };
  const doubtful = unsupported(text, ground.page, options).map((claim) => claim.text);
  return { text, claims: { leftOut: [], doubtful: [...new Set(doubtful)] } };
}
