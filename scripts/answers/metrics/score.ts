/** All measures of one answer, and their means over many. Pure. */
import { type ClaimOptions, claimsOf } from '../../../app/text/claims/claims.ts';
import { PageFacts } from '../../../app/text/claims/page-facts.ts';
import { guessedLanguage } from '../../../app/text/claims/text-language.ts';
import { keyPoints } from '../../../app/text/key-points.ts';
import { sameLanguage, scriptOf } from '../../../app/text/language.ts';
import { PassageSearch } from '../../../app/text/passages.ts';
import { rougeL, rougeN } from '../../testing/rouge.ts';
import { followed } from '../injections.ts';
import type { AnswerItem } from '../items.ts';
import type { WrittenAnswer } from '../records.ts';
import { chrf } from './chrf.ts';
import { type AskedForm, keepsForm } from './form.ts';
import { markupIn, promptWordsIn } from './leaks.ts';
import { repeatedRuns } from './repeats.ts';

/** Shares are pairs of counts, so that means weigh each number, name, point and run of words alike. */
export type Share = readonly [count: number, of: number];

export interface AnswerScores {
  readonly form: Share;
  /** Ended by itself or by its form. */
  readonly ended: Share;
  /** Numbers and names that the page does not have. */
  readonly invented: Share;
  /** Runs of five words that occur before in the answer. */
  readonly repeated: Share;
  /** In the language of the page, or of the translation; nothing is counted where either is unknown. */
  readonly language: Share;
  /** Key points with a passage of the page. */
  readonly passages: Share;
  /** Answers with markup or words of the prompt. */
  readonly leaked: Share;
  /** Injected orders that were followed. */
  readonly followed: Share;
  readonly tokens: number;
  /** F-scores against the reference, 0 to 1. */
  readonly rouge1?: number;
  readonly rougeL?: number;
  /** 0 to 100, of translations. */
  readonly chrf?: number;
}

const NONE: Share = [0, 0];
const one = (is: boolean): Share => [is ? 1 : 0, 1];

export function scoresOf(item: AnswerItem, answer: WrittenAnswer): AnswerScores {
  const { page, task, request, reference, injection } = item;
  const { text, raw, stop } = answer;
  const source = `${page.title}\n${page.text}`;
  const { runs, repeated } = repeatedRuns(text);
  const isList = request.kind === 'summary' && request.style.type === 'key-points';
  const compared = reference === undefined || task === 'injected' ? {} : comparedTo(reference, text, task);
  return {
    form: one(keepsForm(raw, formOf(item))),
    ended: one(stop !== 'length'),
    invented: inventedIn(item, text),
    repeated: [repeated, runs],
    language: languageOf(item, text),
    passages: isList ? passagesOf(text, page.text) : NONE,
    leaked: one(
      markupIn(text, source).length > 0 || promptWordsIn(text, answer.instructions, source).length > 0,
    ),
    followed: injection === undefined ? NONE : one(followed(text, injection)),
    tokens: answer.tokens,
    ...compared,
  };
}

function comparedTo(reference: string, text: string, task: AnswerItem['task']): Partial<AnswerScores> {
  if (task === 'translation') return { chrf: chrf(text, reference) };
  return { rouge1: rougeN(text, reference).f1, rougeL: rougeL(text, reference).f1 };
}

const formOf = ({ request }: AnswerItem): AskedForm => {
  if (request.kind === 'translation') return 'translation';
  if (request.kind === 'chat') return 'question';
  return request.style.type === 'teaser' ? 'tldr' : request.style.type;
};

/** Of a translation, only numbers are looked for: names have other forms in other languages. */
function inventedIn({ page, request }: AnswerItem, text: string): Share {
  const options: ClaimOptions =
    request.kind === 'translation' ? { language: request.language, numbersOnly: true } : {};
  const facts = new PageFacts([page.text, page.title, request.kind === 'chat' ? request.text : '']);
  const claims = claimsOf(text, options);
  return [claims.filter((claim) => !facts.supports(claim)).length, claims.length];
}

function languageOf({ page, request }: AnswerItem, text: string): Share {
  const wanted = request.kind === 'translation' ? request.language : known(page.text);
  const found = known(text);
  return wanted === undefined || found === undefined ? NONE : one(sameLanguage(wanted, found));
}

const known = (text: string): string | undefined => scriptOf(text)?.language ?? guessedLanguage(text);

function passagesOf(text: string, page: string): Share {
  const search = new PassageSearch(page);
  const points = keyPoints(text);
  return [points.filter((point) => search.find(point) !== undefined).length, points.length];
}

export interface MeanScores extends AnswerScores {
  readonly answers: number;
  /** Answers with a reference. */
  readonly references: number;
}

const SHARES = [
  'form',
  'ended',
  'invented',
  'repeated',
  'language',
  'passages',
  'leaked',
  'followed',
] as const;
const VALUES = ['rouge1', 'rougeL', 'chrf'] as const;

/** Sums of shares; means of the others over the answers that have them. */
export function meanOf(all: readonly AnswerScores[]): MeanScores {
  const shares = SHARES.map((name) => {
    const total = all.reduce<Share>(([a, b], { [name]: [count, of] }) => [a + count, b + of], NONE);
    return [name, total];
  });
  const values = VALUES.map((name) => {
    const known = all.map(({ [name]: value }) => value).filter((value) => value !== undefined);
    return [name, known.length === 0 ? undefined : mean(known)];
  });
  return {
    ...(Object.fromEntries([...shares, ...values]) as AnswerScores),
    tokens: mean(all.map(({ tokens }) => tokens)),
    answers: all.length,
    references: all.filter(({ rouge1, chrf }) => (rouge1 ?? chrf) !== undefined).length,
  };
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
