/**
 * Tries what a model can do, with a few short answers about a text of our own: key points of it, and its beginning in the
 * languages that the person uses. The model is asked as for every other text, in the words of its task profile, but its
 * answers are not guided by their form: a list that decoding had made would say nothing about the model.
 *
 * Pure but for the model. Not here: when models are tried (prober.ts), what follows (offer.ts).
 */
import type { ChatMessage } from '../../../engine/index.ts';
import type { LanguageAbility, ModelAbilities } from '../../protocol/abilities.ts';
import { keyPoints } from '../../text/key-points.ts';
import { chatMessages, summaryPrompt, translationMessages, translationWords } from '../prompts/prompts.ts';
import type { TaskProfile, TaskPrompt } from '../prompts/task-profile.ts';
import { ENGLISH_SENTENCES, passage, sentencesIn } from './passage.ts';
import { countLetters, nearestWording, wordingShare } from './wording.ts';

/** Raise it when trials or their bounds change: models are then tried again. */
export const PROBE_VERSION = 1;

/** Most tokens of an answer: room for two points, or for two sentences in most languages. */
export const PROBE_TOKENS = 64;

/** What the model is asked in one trial. */
export interface ProbeQuestion {
  readonly messages: readonly ChatMessage[];
  /** The beginning of the answer, written for the model. */
  readonly begun: string;
  readonly sampling: TaskPrompt['sampling'];
  readonly maxTokens: number;
}

export interface ProbeAnswer {
  /** Without {@link ProbeQuestion.begun} and without thoughts. */
  readonly text: string;
  readonly ids: readonly number[];
  /** The answer reached its limit. */
  readonly cut: boolean;
  /** Tokens that it thought. */
  readonly thoughtTokens: number;
}

export interface ProbeWork {
  readonly profile: TaskProfile;
  /** BCP 47, of {@link sentencesIn}: the languages to try. English is tried with the key points. */
  readonly languages: readonly string[];
  /** What was found out before; then only languages that are new are tried. */
  readonly known?: ModelAbilities | undefined;
  /** Resolves to undefined if the trial was interrupted. */
  generate(question: ProbeQuestion): Promise<ProbeAnswer | undefined>;
  /** Called with the number of answers so far. */
  progress(answers: number): void;
  now(): number;
}

/** How many answers a probe takes. */
export const countTrials = ({
  profile,
  languages,
  known,
}: Pick<ProbeWork, 'profile' | 'languages' | 'known'>) =>
  (asksKeyPoints(profile, known) ? 1 : 0) + untried(languages, known).length;

/** Undefined if a trial was interrupted: then nothing was found out. */
export async function probe(work: ProbeWork): Promise<ModelAbilities | undefined> {
  const { profile, known } = work;
  let { lists = false, repeats = false } = known ?? {};
  const languages: LanguageAbility[] = [...(known?.languages ?? [])];
  let answers = 0;
  if (asksKeyPoints(profile, known)) {
    const asked = keyPointsQuestion(profile);
    const answer = await work.generate(asked);
    if (answer === undefined) return undefined;
    work.progress(++answers);
    // An answer that is all thoughts shows nothing, and that is no reason to offer less.
    lists = onlyThought(answer) || keepsList(asked.begun + answer.text, answer.cut);
    repeats = repeatsItself(answer.ids);
    if (!onlyThought(answer)) languages.push({ tag: 'en', writes: isEnglish(answer.text) });
  }
  for (const tag of untried(work.languages, known)) {
    const answer = await work.generate(translationQuestion(profile, tag));
    if (answer === undefined) return undefined;
    work.progress(++answers);
    if (onlyThought(answer)) continue;
    languages.push({ tag, writes: isTranslation(answer.text, tag) && !repeatsItself(answer.ids) });
  }
  return { version: PROBE_VERSION, probedAt: work.now(), lists, repeats, languages };
}

/** Models that only translate are not asked for key points. */
const asksKeyPoints = ({ for: { kind } }: TaskProfile, known: ModelAbilities | undefined): boolean =>
  known === undefined && kind !== 'translation';

function untried(languages: readonly string[], known: ModelAbilities | undefined): readonly string[] {
  const tried = ['en', ...(known?.languages ?? []).map(({ tag }) => tag)];
  return [...new Set(languages)].filter((tag) => tag in sentencesIn && !tried.includes(tag));
}

function keyPointsQuestion(profile: TaskProfile): ProbeQuestion {
  const { request, begun, sampling } = summaryPrompt(profile, { type: 'key-points', length: 'medium' });
  return {
    messages: chatMessages(profile, [{ request }], passage),
    begun,
    sampling,
    maxTokens: PROBE_TOKENS,
  };
}

function translationQuestion(profile: TaskProfile, tag: string): ProbeQuestion {
  const { begun, sampling } = profile.translation;
  const { profile: worded, language } = translationWords(profile, { language: tag, from: 'en' });
  const messages = translationMessages(worded, ENGLISH_SENTENCES, language);
  return { messages, begun, sampling, maxTokens: PROBE_TOKENS };
}

/** The answer has no words because the model was still thinking. */
const onlyThought = ({ text, thoughtTokens }: ProbeAnswer): boolean =>
  thoughtTokens > 0 && text.trim() === '';

/** `- `, `* `, `• `, `1. ` */
const BULLET = /^\s*(?:[-*+–•]|\(?\d{1,2}[.)])\s*(?=\S)/u;
/** HTML, a heading, a fence of code. */
const MARKUP = /<\/?[a-z][^>]*>|^\s*(?:#{1,6}\s|```)/imu;

/** At least two different points, nothing but points, and no markup. A line before them that announces them is no point. */
export function keepsList(text: string, cut: boolean): boolean {
  if (MARKUP.test(text)) return false;
  const written = text.split('\n').filter((line) => line.trim() !== '');
  const lines = written[0]?.trim().endsWith(':') === true ? written.slice(1) : written;
  const last = lines.at(-1) ?? '';
  // The last line of an answer that was cut may be the beginning of a bullet.
  const whole = cut && !BULLET.test(last) && lines.length > 1 ? lines.slice(0, -1) : lines;
  const bullets = whole.filter((line) => BULLET.test(line));
  return bullets.length > 1 && bullets.length === whole.length && keyPoints(text).length > 1;
}

/** Tokens in a row. */
const RUN = 5;
/**
 * Most of the answer's runs that may have occurred in it before. A name of six tokens, said three times in 64 tokens,
 * makes 0.07; a sentence of 16 tokens that is said twice and no more 0.43.
 */
const REPEATED = 0.2;

/** Whether much of an answer occurred in it before. */
export function repeatsItself(ids: readonly number[]): boolean {
  const seen = new Set<string>();
  let again = 0;
  const runs = ids.length - RUN + 1;
  for (let at = 0; at < runs; at++) {
    const run = ids.slice(at, at + RUN).join(' ');
    if (seen.has(run)) again++;
    seen.add(run);
  }
  return runs > 0 && again / runs > REPEATED;
}

/** The passage has words that its beginning lacks. */
const isEnglish = (text: string): boolean =>
  nearestWording(text, { ...sentencesIn, en: passage.text }) === 'en';

/**
 * Least share of a translation's wording that ours has too. Other translations into the same language have 0.40 to 0.81
 * of it, the English sentences at most 0.17 (`wording.test.ts`).
 */
const SHARED = 0.3;
/** Least share of our translation's letters: an answer of one word shows nothing. */
const LENGTH = 0.25;

/** Whether a translation of {@link ENGLISH_SENTENCES} is in the language, and says what they say. */
export function isTranslation(text: string, tag: string): boolean {
  const ours = sentencesIn[tag] ?? '';
  return (
    countLetters(text) >= LENGTH * countLetters(ours) &&
    wordingShare(text, ours) >= SHARED &&
    nearestWording(text, sentencesIn) === tag
  );
}
