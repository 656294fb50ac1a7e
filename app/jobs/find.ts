/** Finds conversations by words in their title, questions and answers; case and accents do not count. Pure. */
import type { Conversation, Job } from '../protocol/types.ts';

export type Matches = (conversation: Conversation, jobs: readonly Job[]) => boolean;

/** Small letters without accents: `Événement` and `evenement` are the same word. */
export const folded = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

/** All words must occur, in any order and place; undefined where nothing is looked for. */
export function matcher(wanted: string): Matches | undefined {
  const words = folded(wanted).split(/\s+/).filter(Boolean);
  if (words.length === 0) return undefined;
  return ({ title, page }, jobs) => {
    const texts = [title, page?.title ?? '', ...jobs.flatMap(({ ask, text }) => [questionText(ask), text])];
    const whole = folded(texts.join('\n'));
    return words.every((word) => whole.includes(word));
  };
}

const questionText = (ask: Job['ask']): string => (ask.kind === 'summary' ? '' : ask.text);
