/**
 * Carries a summary out, step by step, and makes its end: the answer held to its rules, each key point with its
 * passage. After every part the job holds what was noted, so that whatever happens later nothing of it is lost.
 */
import { PassageSearch } from '../../text/passages.ts';
import type { Job, PageText, Round, SummaryRequest } from '../../protocol/types.ts';
import type { TokenCounter } from '../prompts/chat-prompt.ts';
import { otherLanguage, type ReadPage } from '../prompts/page-language.ts';
import { keyPoints } from '../../text/key-points.ts';
import { checkSummary } from './summary-limits.ts';
import { nextStep, notesText, type SummaryStep, withPoints } from './summary.ts';

export interface SummaryWork {
  readonly request: SummaryRequest;
  readonly page: ReadPage;
  /** What was noted before, where work goes on. */
  readonly rounds: readonly Round[] | undefined;
  readonly tokens: TokenCounter;
  tell(change: Partial<Job>): void;
  /** Asks the model; `end` is what its answer makes of a job that ends with it. */
  generate(step: SummaryStep): Promise<{ text: string; end: Partial<Job> }>;
  /** Between two steps: a question or a selection need not wait until all of a long page is read. */
  pause(): Promise<void>;
}

/** Gives what the job is at its end. */
export async function runSummary(work: SummaryWork): Promise<Partial<Job>> {
  const { request, page, tokens } = work;
  let { rounds } = work;
  for (;;) {
    const step = nextStep(request, page, rounds, tokens);
    rounds = step.rounds;
    const noted = step.kind === 'part' ? notesText(rounds?.at(-1)) : '';
    const before = noted === '' ? '' : `${noted}\n\n`;
    const { coverage } = step;
    // Text, rate and progress are those of this step.
    work.tell({
      status: 'reading',
      text: before,
      tokens: 0,
      tokensPerSecond: 0,
      reading: undefined,
      rounds,
      coverage,
      // Of notes nothing is asked any more.
      context: step.kind === 'part' ? undefined : { prompt: step.prompt, capacity: tokens.capacity },
    });
    const { text, end } = await work.generate(step);
    if (end.status === 'stopped' || step.kind === 'whole')
      return { ...end, ...(await finished(request, page, before + text, step.kind, end.status)) };
    rounds = withPoints(rounds!, text, end.cut === true || end.onlyThought === true);
    await work.pause();
  }
}

async function finished(
  { style, language }: SummaryRequest,
  page: PageText,
  text: string,
  kind: SummaryStep['kind'],
  status: Job['status'] | undefined,
): Promise<Partial<Job>> {
  // What was stopped is shown as far as it came.
  const checked = status === 'done' ? checkSummary(text, style) : { text, notes: [] };
  const listed = kind === 'part' || style.type === 'key-points';
  const other = await otherLanguage(page, language);
  return {
    text: checked.text,
    ...(checked.notes.length === 0 ? {} : { rules: checked.notes }),
    ...(listed ? { passages: passagesOf(checked.text, page) } : {}),
    ...(listed && other !== undefined ? { pageLanguage: other } : {}),
  };
}

function passagesOf(text: string, page: PageText): (string | null)[] {
  const search = new PassageSearch(page.text);
  return keyPoints(text).map((point) => search.find(point)?.text ?? null);
}
