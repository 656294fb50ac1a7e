/**
 * Translates paragraph by paragraph: each is one prompt, so that a long text loses nothing and its beginning can be read
 * while the rest is translated. The answer has the paragraphs of the text, one for one.
 *
 * A text with marks for inline markup is first translated with them. If the answer lost marks, the paragraph is translated
 * again without; a model that repeatedly loses marks is not given them any more. app/page/dom/inline-marks.ts knows what
 * the marks stand for.
 */
import type { ChatMessage, LoadedModel } from '../../../engine/index.ts';
import { hasMarks, keepsMarks, withoutMarks } from '../../text/marks.ts';
import type { GlossaryEntry, TermCheck, TranslationJob, TranslationRequest } from '../../protocol/types.ts';
import { requestFor, type TokenCounter } from '../prompts/chat-prompt.ts';
import { truncateText } from '../prompts/truncate.ts';
import { checkTerms, termsIn, termsRequest } from './glossary.ts';
import type { RunningJob } from '../jobs/running-job.ts';
import { languageName, translationMessages } from '../prompts/prompts.ts';
import { samplingFor } from '../prompts/sampling.ts';
import type { TaskProfile } from '../prompts/task-profile.ts';

const PARAGRAPHS = '\n\n';

/** Translations have a branch of the cache of their own, so that conversations keep their rows. */
const BRANCH = 'translations';
/** After so many answers in a row that lost their marks, a model gets texts without marks. */
const PATIENCE = 2;
/** Share of the context for the text of one prompt; its translation needs about as much, in some scripts twice that. */
const SHARE = 0.25;
/** Most tokens of one prompt's text; small models translate longer ones badly. */
const MOST = 400;
/** Tokens that an answer may have beyond twice those of its text. */
const SPARE = 64;

export interface TranslationWork {
  readonly running: RunningJob;
  readonly model: LoadedModel;
  readonly tokens: TokenCounter;
  readonly profile: TaskProfile;
  readonly request: TranslationRequest;
  readonly glossary: readonly GlossaryEntry[];
  /** By model: how many answers in a row lost their marks. Kept up to date here. */
  readonly lost: Map<string, number>;
  onPrompt(messages: readonly ChatMessage[]): void;
}

interface TranslatedPart {
  readonly text: string;
  readonly tokens: number;
  readonly seconds: number;
  readonly ended: 'whole' | 'cut' | 'stopped';
}

/** Resolves to the job's fields at its end. */
export async function translate(work: TranslationWork): Promise<Partial<TranslationJob>> {
  const { running, request } = work;
  const paragraphs = request.text.split(/\n\s*\n/).map((text) => text.trim());
  const made: string[] = [];
  const terms: TermCheck[] = [];
  const sum = { tokens: 0, seconds: 0, cut: false };
  for (const paragraph of paragraphs) {
    const before = made.map((text) => text + PARAGRAPHS).join('');
    const part = { done: made.length, total: paragraphs.length };
    running.set({ ...reading(before), part: paragraphs.length > 1 ? part : undefined });
    const { text, ended, ...count } = await translateParagraph(work, paragraph, before);
    sum.tokens += count.tokens;
    sum.seconds += count.seconds;
    sum.cut ||= ended === 'cut';
    if (text !== '' || ended !== 'stopped') made.push(text);
    terms.push(...checkTerms(termsOf(work, paragraph), withoutMarks(text)));
    if (ended === 'stopped') return ending('stopped', made, terms, sum);
  }
  const part = paragraphs.length > 1 ? { done: made.length, total: paragraphs.length } : undefined;
  return { part, ...ending('done', made, terms, sum) };
}

/** The throughput shown is that of the current prompt. */
const reading = (text: string): Partial<TranslationJob> => ({
  progress: { phase: 'reading' },
  text,
  tokens: 0,
  tokensPerSecond: 0,
});

function ending(
  phase: 'done' | 'stopped',
  made: readonly string[],
  terms: readonly TermCheck[],
  sum: { tokens: number; seconds: number; cut: boolean },
): Partial<TranslationJob> {
  const end: Partial<TranslationJob> = {
    progress: sum.cut ? { phase, cut: true } : { phase },
    text: made.join(PARAGRAPHS),
    tokens: sum.tokens,
    terms: terms.length > 0 ? terms : undefined,
  };
  return sum.seconds > 0 ? { ...end, tokensPerSecond: sum.tokens / sum.seconds } : end;
}

const termsOf = ({ glossary, request }: TranslationWork, text: string): GlossaryEntry[] =>
  termsIn(withoutMarks(text), glossary, request.from, request.language);

async function translateParagraph(
  work: TranslationWork,
  paragraph: string,
  before: string,
): Promise<TranslatedPart> {
  const { lost, model } = work;
  const { marks } = work.profile.translation;
  const { id } = model.facts.model;
  const marked = work.request.marked === true && hasMarks(paragraph);
  if (marked && marks !== '' && (lost.get(id) ?? 0) < PATIENCE && fits(work, paragraph)) {
    const made = await question(work, paragraph, ` ${marks}`);
    const kept = keepsMarks(paragraph, made.text);
    if (made.ended !== 'stopped') lost.set(id, kept ? 0 : (lost.get(id) ?? 0) + 1);
    if (kept) return made;
    if (made.ended === 'stopped') return { ...made, text: withoutMarks(made.text).trim() };
    work.running.set(reading(before));
  }
  return translatePieces(work, marked ? withoutMarks(paragraph) : paragraph, before);
}

/** Translates a paragraph that is too long for one prompt in pieces, cut at the ends of sentences. */
async function translatePieces(
  work: TranslationWork,
  paragraph: string,
  before: string,
): Promise<TranslatedPart> {
  let rest = paragraph;
  let sum: TranslatedPart = { text: '', tokens: 0, seconds: 0, ended: 'whole' };
  while (rest !== '' && sum.ended !== 'stopped') {
    const { text: piece } = truncateText(rest, most(work), work.tokens.countText);
    // A single character that does not fit is taken anyway, so that the loop ends.
    const taken = piece === '' ? rest.slice(0, 1) : piece;
    rest = rest.slice(taken.length).trimStart();
    if (sum.text !== '') work.running.set(reading(`${before}${sum.text} `));
    const made = await question(work, taken, '');
    sum = {
      text: [sum.text, made.text].filter((text) => text !== '').join(' '),
      tokens: sum.tokens + made.tokens,
      seconds: sum.seconds + made.seconds,
      ended: made.ended === 'whole' ? sum.ended : made.ended,
    };
  }
  return sum;
}

const most = ({ tokens }: TranslationWork): number => Math.min(MOST, Math.floor(tokens.capacity * SHARE));
const fits = (work: TranslationWork, text: string): boolean => work.tokens.countText(text) <= most(work);

async function question(work: TranslationWork, text: string, more: string): Promise<TranslatedPart> {
  const { running, model, tokens, profile, request } = work;
  const { begun, sampling, terms } = profile.translation;
  const instructions = termsRequest(termsOf(work, text), terms) + more;
  const messages = translationMessages(profile, text, languageName(request.language), instructions);
  work.onPrompt(messages);
  const wanted = SPARE + 2 * tokens.countText(text);
  const { request: asked } = requestFor(messages, tokens, {
    begun,
    wanted,
    sampling: samplingFor(sampling, model),
  });
  const result = await model.generate(
    { ...asked, branch: BRANCH },
    {
      signal: running.controller.signal,
      onEvent: (event) => running.take(event),
    },
  );
  const { decodeTokensPerSecond } = result.timings;
  return {
    // An empty line would look like the next paragraph.
    text: result.text.trim().replace(/\n\s*\n/g, '\n'),
    tokens: result.ids.length,
    seconds: decodeTokensPerSecond > 0 ? result.ids.length / decodeTokensPerSecond : 0,
    ended: result.stop === 'cancelled' ? 'stopped' : result.stop === 'length' ? 'cut' : 'whole',
  };
}
