/**
 * Runs a summary step by step and finishes it: the answer is checked against its rules, and each key point gets its
 * passage. After every part the notes are in the job, so that a later failure loses none of them, and the best of them are its
 * preliminary summary, which stands until the one of all parts has a point.
 */
import type { Guide } from '../../../engine/index.ts';
import { leaveOut } from '../../text/claims/leave-out.ts';
import type { Likeness } from '../../text/meaning/likeness.ts';
import { PassageSearch } from '../../text/passages.ts';
import {
  type JobPhase,
  type PageText,
  type PreliminarySummary,
  type Round,
  type SummaryJob,
  type SummaryRequest,
  wasCut,
} from '../../protocol/types.ts';
import type { TaskProfile } from '../prompts/task-profile.ts';
import type { TokenCounter } from '../prompts/chat-prompt.ts';
import { otherLanguage, type ReadPage } from '../prompts/page-language.ts';
import { asList, keyPoints } from '../../text/key-points.ts';
import { preliminaryPoints } from '../../text/parts/preliminary.ts';
import { leaveOutTalk } from '../guides/about-text.ts';
import { type AnswerGround, checkAnswer, claimsGuide, groundOf } from '../guides/answer-check.ts';
import { summaryOfQuotes } from './quote-page.ts';
import { checkSummary, MOST_POINTS } from './summary-limits.ts';
import { nextStep, passagesStep, type SummaryStep, withPoints } from './summary.ts';

/** The job's fields at its end. */
export type SummaryEnd = Pick<SummaryJob, 'progress'> & Partial<SummaryJob>;

export interface SummaryWork {
  readonly request: SummaryRequest;
  readonly page: ReadPage;
  /** Notes of an earlier run that is continued. */
  readonly rounds: readonly Round[] | undefined;
  readonly tokens: TokenCounter;
  readonly profile: TaskProfile;
  update(change: Partial<SummaryJob>): void;
  /** The page's own sentences for this summary; in its place where nothing else would be left of it. */
  readonly quotes?: readonly string[] | undefined;
  /** Runs the model. `text`: the answer with its beginning; `end` has the job's fields if it ends with this answer. */
  generate(step: SummaryStep, guide: Guide): Promise<{ text: string; end: SummaryEnd }>;
  /** How many tokens of the page are read while a person waits, where this step would take longer. */
  inTime?(step: SummaryStep): Promise<number | undefined>;
  /** How near the page's sentences are to each of these points in meaning; undefined where only words can tell. */
  liken?(points: readonly string[]): Promise<readonly Likeness[] | undefined>;
  /** Called between two steps, so that a question or a selection need not wait until a long page is read. */
  pause(): Promise<void>;
}

/** Resolves to the job's fields at its end. */
export async function runSummary(work: SummaryWork): Promise<SummaryEnd> {
  const { request, page, profile, tokens } = work;
  let { rounds } = work;
  const ground = groundOf(page);
  const preliminary = preliminaryOf(work);
  for (;;) {
    const step = await sooner(work, nextStep(profile, request, page, rounds, tokens));
    rounds = step.rounds;
    const { coverage } = step;
    // Text, throughput and progress are those of this step.
    work.update({
      progress: { phase: 'reading' },
      text: '',
      tokens: 0,
      tokensPerSecond: 0,
      rounds,
      preliminary: preliminary(rounds),
      coverage,
      // No question follows on notes, so their use of the context is not shown.
      context: step.kind === 'part' ? undefined : { prompt: step.prompt, capacity: tokens.capacity },
    });
    const language = step.kind === 'part' ? undefined : request.language;
    const guide = claimsGuide(ground, step.asked.begun, language);
    const { text, end } = await work.generate(step, guide).catch((error: unknown) => {
      // What was begun for the model is no point of its own.
      work.update({ text: '' });
      throw error;
    });
    const { phase } = end.progress;
    // Notes on a later part were not shown, so what there is of them is no answer.
    if (phase === 'stopped' && isHidden(step)) return { ...end, text: '' };
    if (phase === 'stopped' || step.kind === 'whole')
      return { ...end, ...(await finished(work, ground, text, step.kind, phase)) };
    const onlyThought = end.progress.phase === 'done' && end.progress.onlyThought === true;
    rounds = withPoints(rounds!, leaveOut(text, ground.page).text, wasCut(end) || onlyThought);
    await work.pause();
  }
}

/** Whether the words of this step are notes that are not shown: those of the first part are, as they are written. */
export const isHidden = ({ kind, rounds = [] }: SummaryStep): boolean =>
  kind === 'part' && (rounds.length > 1 || rounds[0]?.points.some((points) => points !== '') === true);

/** Makes the preliminary summary of the notes so far; undefined while there are none. */
function preliminaryOf({ request, page }: SummaryWork) {
  let search: PassageSearch | undefined;
  return (rounds: readonly Round[] | undefined): PreliminarySummary | undefined => {
    const points = preliminaryPoints(page.title, rounds ?? [], MOST_POINTS[request.style.length]);
    if (points.length === 0) return undefined;
    search ??= new PassageSearch(page.text);
    return { text: asList(points), passages: points.map((point) => search!.find(point)?.text ?? null) };
  };
}

/** A shorter first part is worth one part more where it takes at most this share of the time. */
const SOONER = 0.5;

/**
 * The step, or one whose prompt is read while a person waits: passages of the page, or of a page that is read in parts a
 * shorter first part, so that there is a preliminary summary.
 */
async function sooner(work: SummaryWork, step: SummaryStep): Promise<SummaryStep> {
  const { profile, request, page, tokens } = work;
  const { kind, rounds } = step;
  const isFirst = kind === 'part' && rounds?.length === 1 && rounds[0]!.points.length === 0;
  if (request.whole === true || (rounds !== undefined && !isFirst)) return step;
  const most = await work.inTime?.(step);
  if (most === undefined) return step;
  if (!isFirst) return passagesStep(profile, request, page, tokens, most);
  return most > step.prompt * SOONER ? step : nextStep(profile, request, page, undefined, tokens, most);
}

async function finished(
  work: SummaryWork,
  ground: AnswerGround,
  text: string,
  kind: SummaryStep['kind'],
  phase: JobPhase,
): Promise<Partial<SummaryJob>> {
  const { page, quotes } = work;
  const { style, language } = work.request;
  const listed = kind === 'part' || style.type === 'key-points';
  const pageLanguage = listed ? await otherLanguage(page, language) : undefined;
  // A stopped answer is shown as far as it was written.
  if (phase !== 'done')
    return { text, passages: listed ? wordedPassages(text, page) : undefined, pageLanguage };
  const { text: supported, claims } = checkAnswer(text, ground, language);
  const said = style.type === 'key-points' ? leaveOutTalk(supported) : supported;
  const checked = checkSummary(said, style);
  const ownWords =
    claims?.doubtful !== undefined && quotes !== undefined ? summaryOfQuotes(quotes, style) : undefined;
  const whole = ownWords ?? checked.text;
  return {
    text: whole,
    claims: ownWords === undefined ? claims : { leftOut: claims!.leftOut, quoted: true },
    rules: checked.notes.length === 0 ? undefined : checked.notes,
    passages: listed ? await passagesOf(whole, work) : undefined,
    pageLanguage,
  };
}

function wordedPassages(text: string, page: PageText): (string | null)[] {
  const search = new PassageSearch(page.text);
  return keyPoints(text).map((point) => search.find(point)?.text ?? null);
}

/** By words; of points that share too few with any sentence, by meaning. */
async function passagesOf(text: string, { page, liken }: SummaryWork): Promise<(string | null)[]> {
  const search = new PassageSearch(page.text);
  const points = keyPoints(text);
  const found = points.map((point) => search.find(point)?.text ?? null);
  const missing = [...points.keys()].filter((i) => found[i] === null);
  const near = missing.length === 0 ? undefined : await liken?.(missing.map((i) => points[i]!));
  for (const [k, i] of missing.entries()) {
    const likeness = near?.[k];
    if (likeness !== undefined) found[i] = search.nearest(points[i]!, likeness)?.text ?? null;
  }
  return found;
}
