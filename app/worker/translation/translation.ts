/**
 * Translates paragraph by paragraph: each is one prompt, so that a long text loses nothing and its beginning can be read
 * while the rest is translated. The answer has the paragraphs of the text, one for one.
 *
 * A text with marks for inline markup is first translated with them. If the answer lost marks, the paragraph is translated
 * again without; a model that repeatedly loses marks is not given them any more. app/page/dom/inline/inline-marks.ts knows what
 * the marks stand for.
 *
 * A translation that lacks a number, an address or a name of its text is made again; what is still missing is reported.
 */
import type { ChatMessage, GenerateRequest, Prompt } from '../../../engine/index.ts';
import { hasMarks, keepsMarks, withoutMarks } from '../../text/marks.ts';
import { lostFacts } from '../../text/claims/kept-facts.ts';
import type { GlossaryEntry, TermCheck, TranslationJob } from '../../protocol/types.ts';
import { requestFor } from '../prompts/chat-prompt.ts';
import { truncateText } from '../prompts/truncate.ts';
import { checkTerms, termsIn, termsRequest } from './glossary.ts';
import { translationMessages, translationWords } from '../prompts/prompts.ts';
import { samplingFor } from '../prompts/sampling.ts';
import { translateWord, wordQuestion } from './word-entry.ts';
import { BRANCH, type TranslationInput, type TranslationWork } from './work.ts';

const PARAGRAPHS = '\n\n';

/** After so many answers in a row that lost their marks, a model gets texts without marks. */
const PATIENCE = 2;
/** Share of the context for the text of one prompt; its translation needs about as much, in some scripts twice that. */
const SHARE = 0.25;
/** Most tokens of one prompt's text; small models translate longer ones badly. */
const MOST = 400;
/** For a second translation that differs from a greedy one; the seed makes it reproducible. */
const SECOND_TRY = { temperature: 0.5, topP: 0.9, seed: 1 } as const;
/** Tokens that an answer may have beyond twice those of its text. */
const SPARE = 64;

interface TranslatedPart {
  readonly text: string;
  readonly tokens: number;
  readonly seconds: number;
  readonly ended: 'whole' | 'cut' | 'stopped';
  /** Numbers, addresses and names of the text that are missing. */
  readonly lost: readonly string[];
}

/** Resolves to the job's fields at its end. */
export async function translate(work: TranslationWork): Promise<Partial<TranslationJob>> {
  const { running, request } = work;
  const sentence = sentenceOfEntry(work);
  const entry = sentence === undefined ? undefined : await translateWord(work, sentence);
  if (entry !== undefined) return entry;
  const paragraphs = paragraphsOf(request.text);
  const made: string[] = [];
  const terms: TermCheck[] = [];
  const lost: string[] = [];
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
    if (ended === 'stopped') return ending('stopped', made, { terms, lost }, sum);
    lost.push(...count.lost);
  }
  const part = paragraphs.length > 1 ? { done: made.length, total: paragraphs.length } : undefined;
  return { part, ...ending('done', made, { terms, lost }, sum) };
}

/** The prompt that the model is given first, so that it can be read before the translation is asked for. */
export function firstPrompt(input: TranslationInput): Prompt {
  const sentence = sentenceOfEntry(input);
  if (sentence !== undefined) return wordQuestion(input, sentence).request.prompt;
  const [paragraph = ''] = paragraphsOf(input.request.text);
  if (asksMarked(input, paragraph))
    return asked(input, paragraph, ` ${input.profile.translation.marks}`, []).request.prompt;
  const plain = input.request.marked === true ? withoutMarks(paragraph) : paragraph;
  return asked(input, firstPiece(input, plain), '', []).request.prompt;
}

const paragraphsOf = (text: string): readonly string[] => text.split(/\n\s*\n/).map((each) => each.trim());

/** The sentence of a word that the model is asked for an entry of. */
function sentenceOfEntry({ request, profile, writesEntries }: TranslationInput): string | undefined {
  return writesEntries === true && profile.word.request !== '' ? request.sentence : undefined;
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
  { terms, lost }: { terms: readonly TermCheck[]; lost: readonly string[] },
  sum: { tokens: number; seconds: number; cut: boolean },
): Partial<TranslationJob> {
  const end: Partial<TranslationJob> = {
    progress: sum.cut ? { phase, cut: true } : { phase },
    text: made.join(PARAGRAPHS),
    tokens: sum.tokens,
    terms: terms.length > 0 ? terms : undefined,
    lost: lost.length > 0 ? [...new Set(lost)] : undefined,
  };
  return sum.seconds > 0 ? { ...end, tokensPerSecond: sum.tokens / sum.seconds } : end;
}

const termsOf = (
  { glossary, request }: Pick<TranslationInput, 'glossary' | 'request'>,
  text: string,
): GlossaryEntry[] => termsIn(withoutMarks(text), glossary, request.from, request.language);

async function translateParagraph(
  work: TranslationWork,
  paragraph: string,
  before: string,
): Promise<TranslatedPart> {
  const { lost, model } = work;
  const { marks } = work.profile.translation;
  const { id } = model.facts.model;
  const marked = work.request.marked === true && hasMarks(paragraph);
  if (asksMarked(work, paragraph)) {
    const made = await keepingFacts(work, paragraph, ` ${marks}`, before);
    const kept = keepsMarks(paragraph, made.text);
    if (made.ended !== 'stopped') lost.set(id, kept ? 0 : (lost.get(id) ?? 0) + 1);
    if (kept) return made;
    if (made.ended === 'stopped') return { ...made, text: withoutMarks(made.text).trim() };
    work.running.set(reading(before));
  }
  return translatePieces(work, marked ? withoutMarks(paragraph) : paragraph, before);
}

function asksMarked(input: TranslationInput, paragraph: string): boolean {
  const { lost, model, profile, request } = input;
  const isLosing = (lost.get(model.facts.model.id) ?? 0) >= PATIENCE;
  const marked = request.marked === true && hasMarks(paragraph);
  return marked && profile.translation.marks !== '' && !isLosing && fits(input, paragraph);
}

/** A single character that does not fit is taken anyway, so that what is left gets shorter. */
function firstPiece(input: TranslationInput, text: string): string {
  const { text: piece } = truncateText(text, most(input), input.tokens.countText);
  return piece === '' ? text.slice(0, 1) : piece;
}

/** Translates a paragraph that is too long for one prompt in pieces, cut at the ends of sentences. */
async function translatePieces(
  work: TranslationWork,
  paragraph: string,
  before: string,
): Promise<TranslatedPart> {
  let rest = paragraph;
  let sum: TranslatedPart = { text: '', tokens: 0, seconds: 0, ended: 'whole', lost: [] };
  while (rest !== '' && sum.ended !== 'stopped') {
    const taken = firstPiece(work, rest);
    rest = rest.slice(taken.length).trimStart();
    const here = sum.text === '' ? before : `${before}${sum.text} `;
    if (sum.text !== '') work.running.set(reading(here));
    const made = await keepingFacts(work, taken, '', here);
    sum = {
      text: [sum.text, made.text].filter((text) => text !== '').join(' '),
      tokens: sum.tokens + made.tokens,
      seconds: sum.seconds + made.seconds,
      ended: made.ended === 'whole' ? sum.ended : made.ended,
      lost: [...sum.lost, ...made.lost],
    };
  }
  return sum;
}

const most = ({ tokens }: TranslationInput): number => Math.min(MOST, Math.floor(tokens.capacity * SHARE));
const fits = (input: TranslationInput, text: string): boolean => input.tokens.countText(text) <= most(input);

/**
 * Translates a text, and once more if the translation lacks numbers, addresses or names of it: with a request for them,
 * or, for a model that misreads such a request, sampled. The better one counts. `before`: the translation up to here.
 */
async function keepingFacts(
  work: TranslationWork,
  text: string,
  more: string,
  before: string,
): Promise<TranslatedPart> {
  const first = await question(work, text, more, []);
  if (first.lost.length === 0 || first.ended !== 'whole') return first;
  work.running.set(reading(before));
  const again = await question(work, text, more, first.lost);
  const better = again.ended === 'whole' && again.lost.length < first.lost.length ? again : first;
  const ended = again.ended === 'stopped' ? 'stopped' : better.ended;
  return { ...better, ended, tokens: first.tokens + again.tokens, seconds: first.seconds + again.seconds };
}

/** `keep`: what an earlier translation of this text lacked. */
async function question(
  work: TranslationWork,
  text: string,
  more: string,
  keep: readonly string[],
): Promise<TranslatedPart> {
  const { running, model } = work;
  const { request, messages } = asked(work, text, more, keep);
  work.onPrompt(messages);
  const result = await model.generate(
    { ...request, branch: BRANCH },
    {
      signal: running.controller.signal,
      onEvent: (event) => running.take(event),
    },
  );
  const { decodeTokensPerSecond } = result.timings;
  // An empty line would look like the next paragraph.
  const translated = result.text.trim().replace(/\n\s*\n/g, '\n');
  return {
    text: translated,
    lost: lostFacts(withoutMarks(text), withoutMarks(translated)),
    tokens: result.ids.length,
    seconds: decodeTokensPerSecond > 0 ? result.ids.length / decodeTokensPerSecond : 0,
    ended: result.stop === 'cancelled' ? 'stopped' : result.stop === 'length' ? 'cut' : 'whole',
  };
}

/** How a model is asked for a text: {@link question} without the answer. */
function asked(
  { model, tokens, profile, request, glossary }: TranslationInput,
  text: string,
  more: string,
  keep: readonly string[],
): { request: GenerateRequest; messages: readonly ChatMessage[] } {
  const { begun, sampling, terms } = profile.translation;
  const kept = keep.map((term) => ({ term, translation: term, to: request.language }));
  const instructions = termsRequest([...termsOf({ glossary, request }, text), ...kept], terms) + more;
  const { profile: worded, language } = translationWords(profile, request);
  const messages = translationMessages(worded, text, language, instructions);
  const made = requestFor(messages, tokens, {
    begun,
    wanted: SPARE + 2 * tokens.countText(text),
    sampling: keep.length > 0 && terms === '' ? SECOND_TRY : samplingFor(sampling, model),
  });
  return { request: made.request, messages };
}
