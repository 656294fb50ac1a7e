/**
 * From a question to a request to the engine: which turns, how much of the page, how long the answer may be.
 * Summaries are made in steps (summary.ts), translations in parts (translation.ts). Pure but for the tokenizer.
 */
import { type ChatMessage, fail, type GenerateRequest } from '../../../engine/index.ts';
import type { ChatRequest, Excerpts, Job, PageText } from '../../protocol/types.ts';
import { chooseExcerpts, excerptText } from './excerpts.ts';
import { type TruncatedText, truncateText, pageBudget } from './truncate.ts';
import type { ReadPage } from './page-language.ts';
import { chatMessages, summaryRequest, type PromptTurn } from './prompts.ts';

export interface TokenCounter {
  /** Tokens that prompt and answer may have together. */
  readonly capacity: number;
  countText(text: string): number;
  /** `begun`: what the answer has so far, where it goes on. */
  countMessages(messages: readonly ChatMessage[], begun?: string): number;
}

export interface ChatPrompt {
  readonly request: GenerateRequest;
  readonly messages: readonly ChatMessage[];
  readonly coverage?: { readonly used: number; readonly total: number };
  readonly excerpts?: Excerpts;
  readonly forgotten: number;
  /** Tokens of the messages. */
  readonly prompt: number;
  /** Tokens of what the answer has so far. */
  readonly begun: number;
}

/** Tokens of an answer at most, so that a model that goes in circles comes to an end; it can be let go on. */
const ANSWER = 2048;
/** Below this an answer is hardly worth beginning; a part of the context on very small models. */
const SHORTEST_ANSWER = 128;
/** Questions before this one by which a page is searched. */
const EARLIER = 2;
/** Tokens; where there is less room for a page, only its beginning is read. */
const WORTH_CHOOSING = 64;
/** Characters; a title is a label, some pages put an article there. */
export const TITLE = 200;

/** `begun`: what the answer has so far, where it goes on. */
export function chatPrompt(
  question: ChatRequest,
  before: readonly Job[],
  page: ReadPage | undefined,
  tokens: TokenCounter,
  begun = '',
): ChatPrompt {
  const fitted = page === undefined ? undefined : fitPage(question, before, page, tokens);
  const past = before.filter((job) => job.text !== '').map((job) => pastTurn(job, page?.spoken));
  const turns: PromptTurn[] = [...past, { request: question.text }];
  const least = Math.min(SHORTEST_ANSWER, Math.ceil(tokens.capacity / 8));
  let messages = chatMessages(turns, fitted?.material);
  while (turns.length > 1 && tokens.countMessages(messages, begun) + least > tokens.capacity) {
    turns.shift();
    messages = chatMessages(turns, fitted?.material);
  }
  const { request, prompt: all } = requestFor(messages, ANSWER, tokens, begun);
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
        : { used: fitted.used, total: fitted.total },
    excerpts: fitted?.excerpts,
  };
}

/** A summary in the very words in which it was asked for, so that the cache serves both. */
function pastTurn({ request, text }: Job, spoken: string | undefined): PromptTurn {
  const question =
    request.kind === 'summary' ? summaryRequest(request.style, request.language ?? spoken) : request.text;
  return { request: question, answer: text };
}

const excerptsOf = (job: Job): Excerpts | undefined => (job.kind === 'chat' ? job.excerpts : undefined);

/** A page that fits is the same in every prompt; of a longer one, what is read depends on the questions. */
function fitPage(question: ChatRequest, before: readonly Job[], page: PageText, tokens: TokenCounter) {
  const title = page.title.slice(0, TITLE);
  const frame = tokens.countMessages(chatMessages([{ request: '' }], { title, text: '' }));
  const budget = Math.max(0, pageBudget(tokens.capacity) - frame);
  const fitted = fitToQuestion(question, before, page, budget, tokens);
  return { ...fitted, material: { title, text: fitted.text } };
}

function fitToQuestion(
  question: ChatRequest,
  before: readonly Job[],
  page: PageText,
  budget: number,
  tokens: TokenCounter,
): TruncatedText & { readonly excerpts?: Excerpts } {
  const count = (text: string) => tokens.countText(text);
  const total = count(page.text);
  if (total <= budget || budget < WORTH_CHOOSING) return truncateText(page.text, budget, count);
  const earlier = before.flatMap((job) => (job.kind === 'chat' ? [job.request.text] : []));
  const questions = [question.text, ...earlier.slice(-EARLIER).reverse()];
  const last = before.map(excerptsOf).findLast((excerpts) => excerpts !== undefined);
  const excerpts = chooseExcerpts(page, { questions, budget, count, last });
  const used = excerpts.ranges.reduce((sum, range) => sum + count(page.text.slice(...range)), 0);
  return { text: excerptText(page, excerpts.ranges), used, total, excerpts };
}

/**
 * Greedy, so that it can be reproduced. Fails where what is to be read fills the context. `prompt`: its tokens, with
 * those of `begun`, which the answer goes on from.
 */
export function requestFor(
  messages: readonly ChatMessage[],
  wanted: number,
  tokens: TokenCounter,
  begun = '',
): { request: GenerateRequest; prompt: number } {
  const prompt = tokens.countMessages(messages, begun);
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
    sampling: { temperature: 0 },
  };
  return { request, prompt };
}
