/**
 * A translation, paragraph by paragraph: each is one question to the model, so that a long text loses nothing and
 * its beginning can be read while the rest is made. Paragraphs of the answer are those of the text, one for one.
 *
 * Marks of inline markup are asked for first. An answer that lost them is thrown away for one without marks; a model
 * that keeps losing them is no longer asked. What the marks stand for is the page's business (app/pages).
 */
import { usesPlainPrompts } from '../../protocol/model-traits.ts';
import type { ChatMessage, LoadedModel } from '../../../engine/index.ts';
import { hasMarks, keepsMarks, withoutMarks } from '../../text/marks.ts';
import type { GlossaryEntry, TermCheck, TranslationJob, TranslationRequest } from '../../protocol/types.ts';
import { requestFor, type TokenCounter } from '../prompts/chat-prompt.ts';
import { truncateText } from '../prompts/truncate.ts';
import { checkTerms, termsIn, termsRequest } from './glossary.ts';
import type { RunningJob } from '../jobs/running-job.ts';
import { languageName, translationMessages } from '../prompts/prompts.ts';
import prompts from '../prompts/prompts-translation.json' with { type: 'json' };

const PARAGRAPHS = '\n\n';

/** Answers in a row that lost their marks before a model is asked without. */
const PATIENCE = 2;
/** Part of the context for the text of one question; its translation needs about as much, in some scripts double. */
const SHARE = 0.25;
/** Tokens of one question's text; small models lose the thread of longer ones. */
const MOST = 400;
/** Tokens of the answer beyond twice the text. */
const SPARE = 64;

export interface TranslationWork {
  readonly live: RunningJob;
  readonly model: LoadedModel;
  readonly tokens: TokenCounter;
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

/** How the job ends. */
export async function translate(work: TranslationWork): Promise<Partial<TranslationJob>> {
  const { live, request } = work;
  const paragraphs = request.text.split(/\n\s*\n/).map((text) => text.trim());
  const made: string[] = [];
  const terms: TermCheck[] = [];
  const sum = { tokens: 0, seconds: 0, cut: false };
  for (const paragraph of paragraphs) {
    const before = made.map((text) => text + PARAGRAPHS).join('');
    const part = { done: made.length, total: paragraphs.length };
    live.set({ ...reading(before), part: paragraphs.length > 1 ? part : undefined });
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

/** The rate is that of each question. */
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

const isPlain = ({ model }: TranslationWork): boolean => usesPlainPrompts(model.facts.model);

async function translateParagraph(
  work: TranslationWork,
  paragraph: string,
  before: string,
): Promise<TranslatedPart> {
  const { lost, model } = work;
  const { id } = model.facts.model;
  const marked = work.request.marked === true && hasMarks(paragraph);
  if (marked && !isPlain(work) && (lost.get(id) ?? 0) < PATIENCE && fits(work, paragraph)) {
    const made = await question(work, paragraph, ` ${prompts.marks}`);
    const kept = keepsMarks(paragraph, made.text);
    if (made.ended !== 'stopped') lost.set(id, kept ? 0 : (lost.get(id) ?? 0) + 1);
    if (kept) return made;
    if (made.ended === 'stopped') return { ...made, text: withoutMarks(made.text).trim() };
    work.live.set(reading(before));
  }
  return translatePieces(work, marked ? withoutMarks(paragraph) : paragraph, before);
}

/** A paragraph that is too long for one question, at the borders of sentences. */
async function translatePieces(
  work: TranslationWork,
  paragraph: string,
  before: string,
): Promise<TranslatedPart> {
  let rest = paragraph;
  let sum: TranslatedPart = { text: '', tokens: 0, seconds: 0, ended: 'whole' };
  while (rest !== '' && sum.ended !== 'stopped') {
    const { text: piece } = truncateText(rest, most(work), work.tokens.countText);
    // A single sign that does not fit still has to go.
    const taken = piece === '' ? rest.slice(0, 1) : piece;
    rest = rest.slice(taken.length).trimStart();
    if (sum.text !== '') work.live.set(reading(`${before}${sum.text} `));
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
  const { live, model, tokens, request } = work;
  const instructions = isPlain(work) ? '' : termsRequest(termsOf(work, text)) + more;
  const messages = translationMessages(text, languageName(request.language), instructions);
  work.onPrompt(messages);
  const wanted = SPARE + 2 * tokens.countText(text);
  const { request: asked } = requestFor(messages, wanted, tokens);
  const result = await model.generate(asked, {
    signal: live.controller.signal,
    onEvent: (event) => live.take(event),
  });
  const { decodeTokensPerSecond: rate } = result.timings;
  return {
    // An empty line would look like the next paragraph.
    text: result.text.trim().replace(/\n\s*\n/g, '\n'),
    tokens: result.ids.length,
    seconds: rate > 0 ? result.ids.length / rate : 0,
    ended: result.stop === 'cancelled' ? 'stopped' : result.stop === 'length' ? 'cut' : 'whole',
  };
}
