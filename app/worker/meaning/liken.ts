/** Asks how near a page is to what a job is about. */
import type { PageText } from '../../protocol/types.ts';
import { terms } from '../../text/bm25.ts';
import type { Likeness } from '../../text/meaning/likeness.ts';
import type { PageMeaning } from './page-meaning.ts';

/** `questions`: newest first. Undefined where only words can tell. */
export type Liken = (
  page: Pick<PageText, 'text'>,
  questions: readonly string[],
) => Promise<Likeness | undefined>;

/** Terms; with fewer, the question before says what a question is about. */
const FEW = 3;

/** `signal`: of the job. */
export function likenFor(meaning: Pick<PageMeaning, 'likeness'> | undefined, signal: AbortSignal): Liken {
  return async ({ text }, questions) => {
    const found = await meaning?.likeness(text, [askedText(questions)], { as: 'question', signal });
    return found?.[0];
  };
}

/** "And who owns it?" says nothing without the question before. */
export function askedText([question = '', before]: readonly string[]): string {
  return before !== undefined && terms(question).length < FEW ? `${before}\n${question}` : question;
}

/** How near a page is to each of the points made of it. */
export function pointsLiken(
  meaning: Pick<PageMeaning, 'likeness'> | undefined,
  text: string,
  signal: AbortSignal,
) {
  return async (points: readonly string[]): Promise<readonly Likeness[] | undefined> =>
    meaning?.likeness(text, points, { as: 'statement', signal });
}
