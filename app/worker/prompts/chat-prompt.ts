/**
 * Builds a request to the engine from a question: chooses the turns, the passages of the page and the answer's limit.
 * Pure but for the tokenizer.
 *
 * Not here: summaries, which take several steps (summary.ts), and translations, which are made in parts (translation.ts).
 */
import { type ChatMessage, fail, type GenerateRequest, type SamplingOptions } from '../../../engine/index.ts';
import { questionText } from '../../text/question-text.ts';
import type { Likeness } from '../../text/meaning/likeness.ts';
import type { ChatRequest, Excerpts, Job, PageCoverage, PageText } from '../../protocol/types.ts';
import { chooseExcerpts, excerptText } from './excerpts.ts';
import { type TruncatedText, truncateText, pageBudget } from './truncate.ts';
import type { ReadPage } from './page-language.ts';
import { chatMessages, questionRequest, summaryPrompt, type PromptTurn } from './prompts.ts';
import type { TaskProfile } from './task-profile.ts';

export interface TokenCounter {
  /** Most tokens of prompt and answer together. */
  readonly capacity: number;
  countText(text: string): number;
  /** `begun`: the answer so far, if it is to be continued. */
  countMessages(messages: readonly ChatMessage[], begun?: string): number;
}

export interface ChatPrompt {
  readonly request: GenerateRequest;
  readonly messages: readonly ChatMessage[];
  readonly coverage?: PageCoverage;
  readonly excerpts?: Excerpts;
  /** Earlier turns left out because they do not fit. */
  readonly forgotten: number;
  /** Tokens of the messages. */
  readonly prompt: number;
  /** Tokens of the answer so far. */
  readonly begun: number;
}

/** Least tokens left for an answer; on very small models an eighth of the context. */
const SHORTEST_ANSWER = 128;
/** How many earlier questions a page is searched for. */
const EARLIER = 2;
/** Tokens; with less room for a page, only its beginning is read. */
const WORTH_CHOOSING = 64;
/** Most characters of a title; some pages put a whole article there. */
export const TITLE = 200;

/** How an answer is made, beside its messages. */
export interface AnswerRequest {
  /** The answer so far, if it is to be continued. */
  readonly begun?: string;
  /** Most tokens of the answer. */
  readonly wanted: number;
  /** Greedy if absent. */
  readonly sampling?: SamplingOptions | undefined;
  /** Tokens of the prompt, where they are known. */
  readonly counted?: number;
}

interface ChatAnswerRequest extends Omit<AnswerRequest, 'wanted' | 'counted'> {
  /** Most tokens of the page, where fewer are wanted than fit. */
  readonly most?: number | undefined;
  /** How near the page's sentences are to the question in meaning. */
  readonly likeness?: Likeness | undefined;
}

/** What a page is searched for: this question, then earlier ones, newest first. */
export function questionsOf(question: string, before: readonly Job[]): string[] {
  const earlier = before.flatMap((job) => (job.kind === 'chat' ? [job.request.text] : []));
  return [question, ...earlier.slice(-EARLIER).reverse()];
}

/** `begun`: the answer so far, if it is to be continued. Throws `prompt-too-long`. */
export function chatPrompt(
  profile: TaskProfile,
  question: ChatRequest,
  before: readonly Job[],
  page: ReadPage | undefined,
  tokens: TokenCounter,
  { begun = '', sampling, most, likeness }: ChatAnswerRequest = {},
): ChatPrompt {
  const wishes = { most, likeness };
  const fitted = page === undefined ? undefined : fitPage(profile, question, before, page, tokens, wishes);
  const past = before
    .filter((job) => job.text !== '')
    .map((job) => pastTurn(profile, job, page?.promptLanguage));
  const turns: PromptTurn[] = [...past, { request: questionRequest(profile, questionText(question)) }];
  const least = Math.min(SHORTEST_ANSWER, Math.ceil(tokens.capacity / 8));
  let messages = chatMessages(profile, turns, fitted?.material);
  while (turns.length > 1 && tokens.countMessages(messages, begun) + least > tokens.capacity) {
    turns.shift();
    messages = chatMessages(profile, turns, fitted?.material);
  }
  const wanted = profile.chat.tokens;
  const { request, prompt: all } = requestFor(messages, tokens, { begun, wanted, sampling });
  const prompt = begun === '' ? all : tokens.countMessages(messages);
  return {
    messages,
    request,
    prompt,
    begun: all - prompt,
    forgotten: past.length + 1 - turns.length,
    coverage:
      fitted === undefined || fitted.used === fitted.total
        ? undefined
        : { used: fitted.used, total: fitted.total, ...(fitted.sooner ? { sooner: true } : {}) },
    excerpts: fitted?.excerpts,
  };
}

/** Repeats the exact request of an earlier summary, so that the cached prefix can be used again. */
function pastTurn(
  profile: TaskProfile,
  { request, text }: Job,
  promptLanguage: string | undefined,
): PromptTurn {
  const question =
    request.kind === 'summary'
      ? summaryPrompt(profile, request.style, request.language ?? promptLanguage).request
      : questionRequest(profile, questionText(request));
  return { request: question, answer: text };
}

const excerptsOf = (job: Job): Excerpts | undefined => (job.kind === 'chat' ? job.excerpts : undefined);

/** A page that fits is the same in every prompt. Of a longer page, the questions decide which passages are read. */
function fitPage(
  profile: TaskProfile,
  question: ChatRequest,
  before: readonly Job[],
  page: PageText,
  tokens: TokenCounter,
  { most = Number.POSITIVE_INFINITY, likeness }: Pick<ChatAnswerRequest, 'most' | 'likeness'>,
) {
  const title = page.title.slice(0, TITLE);
  const frame = tokens.countMessages(chatMessages(profile, [{ request: '' }], { title, text: '' }));
  const budget = Math.max(0, pageBudget(tokens.capacity) - frame);
  const room = { budget: Math.min(budget, most), likeness };
  const fitted = fitToQuestion(question, before, page, room, tokens);
  const material = { title, text: fitted.text };
  const { excerpts, total } = fitted;
  return { ...fitted, material, sooner: excerpts !== undefined && total <= budget };
}

function fitToQuestion(
  question: ChatRequest,
  before: readonly Job[],
  page: PageText,
  { budget, likeness }: { readonly budget: number; readonly likeness: Likeness | undefined },
  tokens: TokenCounter,
): TruncatedText & { readonly excerpts?: Excerpts } {
  const count = (text: string) => tokens.countText(text);
  const total = count(page.text);
  if (total <= budget || budget < WORTH_CHOOSING) return truncateText(page.text, budget, count);
  const questions = questionsOf(question.text, before);
  // Without the page, places in the text are others.
  const same = before.filter((job) => job.kind === 'chat' && job.request.alone === question.alone);
  const last = same.map(excerptsOf).findLast((excerpts) => excerpts !== undefined);
  const excerpts = chooseExcerpts(page, { questions, budget, count, last, likeness });
  const used = excerpts.ranges.reduce((sum, range) => sum + count(page.text.slice(...range)), 0);
  return { text: excerptText(page, excerpts.ranges), used, total, excerpts };
}

/**
 * A request to the engine. `prompt`: tokens of the messages and of `begun`. Throws `prompt-too-long` if they fill the
 * context.
 */
export function requestFor(
  messages: readonly ChatMessage[],
  tokens: TokenCounter,
  { begun = '', wanted, sampling = { temperature: 0 }, counted }: AnswerRequest,
): { request: GenerateRequest; prompt: number } {
  const prompt = counted ?? tokens.countMessages(messages, begun);
  if (prompt >= tokens.capacity) {
    fail('prompt-too-long', {
      who: 'prompt',
      message: 'the text is longer than this model can read at once',
      expected: `at most ${tokens.capacity - 1} tokens`,
      got: `${prompt} tokens`,
    });
  }
  const request: GenerateRequest = {
    prompt: { kind: 'messages', messages, begun: begun || undefined },
    maxTokens: Math.min(wanted, tokens.capacity - prompt),
    sampling,
  };
  return { request, prompt };
}
