/**
 * The preliminary summary of a long page: the best key points of the notes on the parts that were read so far. It costs no
 * work of the model, since the notes are taken anyway, and stands until the summary of all parts has its first point. Pure.
 */
import { terms } from '../bm25.ts';
import { type Candidate, wordCount } from '../extract/candidates.ts';
import { termVectors } from '../extract/centrality.ts';
import { chooseDiverse, featuresOf, scoreOf, SEVERAL_POINTS, wordRuns } from '../extract/rank.ts';
import { keyPoints } from '../key-points.ts';
import { sentences } from '../sentences.ts';
import { isOver, type Job, type Round, type SummaryJob } from '../../protocol/types.ts';
import { notesInOrder } from './parts.ts';

/** "Here are the key points:" */
const ANNOUNCES = /[:：]$/u;

/**
 * At most `most` points of the newest round whose parts were all read, else of the page's parts so far, in the order of the
 * page. First points of a part, points that share much with others and those with words of the title come first; what a
 * chosen point says already counts less.
 */
export function preliminaryPoints(title: string, rounds: readonly Round[], most: number): string[] {
  const round = rounds.findLast(({ points, ends }) => points.length === ends.length) ?? rounds[0];
  if (round === undefined) return [];
  const found = notesInOrder(round).flatMap(({ points }) => keyPoints(points).map(asCandidate));
  if (found.length <= most) return found.map(({ text }) => text);
  const vectors = termVectors(found.map((point) => point.terms));
  const scores = featuresOf(found, vectors, title).map((features) => scoreOf(features, SEVERAL_POINTS));
  const runs = found.map(({ text }) => wordRuns(text));
  return chooseDiverse(scores, vectors, runs, most)
    .sort((one, other) => one - other)
    .map((index) => found[index]!.text);
}

const asCandidate = (text: string, index: number): Candidate => ({
  text,
  start: 0,
  // Every part's first point counts the same, whichever part it is.
  paragraph: 0,
  index,
  heading: [],
  terms: terms(text),
  words: wordCount(text),
  quality: 1,
});

/** Whether the first point, line or sentence of a growing text is complete. */
export function hasPoint(text: string): boolean {
  const lines = text.slice(0, text.lastIndexOf('\n') + 1);
  return keyPoints(lines).some((point) => !ANNOUNCES.test(point)) || sentences(text).length > 1;
}

type WithPreliminary = SummaryJob & Required<Pick<SummaryJob, 'preliminary'>>;

/** Whether the preliminary summary is what a person is shown. Of a job that is over, it is also its text ({@link settled}). */
export const showsPreliminary = (job: Job): job is WithPreliminary =>
  job.kind === 'summary' && job.preliminary !== undefined && (isOver(job) || !hasPoint(job.text));

/**
 * A job at its end: where the model has not written a complete point of the summary, the preliminary one is the answer; else
 * it is dropped.
 */
export function settled<J extends Job>(job: J): J {
  if (!isOver(job) || job.kind !== 'summary' || job.preliminary === undefined) return job;
  const { preliminary, text, progress } = job;
  const written = progress.phase === 'done' ? text.trim() !== '' : hasPoint(text);
  return written ? { ...job, preliminary: undefined } : { ...job, ...preliminary };
}
