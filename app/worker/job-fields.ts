/**
 * What a job takes from a model and gives to it: the fields of its end, a counter of tokens, and changes to a request.
 * Pure but for the tokenizer.
 */
import type { ChatMessage, GenerateRequest, Prompt } from '../../engine/index.ts';
import type { ModelAnswer, Answerer } from './answerer/answerer.ts';
import type { AnswerLimits } from './guides/guides.ts';
import type { ChatJob, GlossaryEntry, Job, JobProgress, PageText } from '../protocol/types.ts';
import type { ChatPrompt, TokenCounter } from './prompts/chat-prompt.ts';
import { pageLanguage, type ReadPage } from './prompts/page-language.ts';
import type { TaskProfile } from './prompts/task-profile.ts';
import { PieceCounter } from './prompts/token-count.ts';
import { pageBudget } from './prompts/truncate.ts';

/** What a job works on, besides its request. */
export interface JobContext {
  readonly before: readonly Job[];
  readonly page?: PageText;
  /** The answer so far, where it is to be continued. */
  readonly begun?: string;
  /** Samples, so that the answer differs from an earlier one. */
  readonly vary?: boolean;
  /** For translations. */
  readonly glossary?: readonly GlossaryEntry[];
}

/** What a model is asked. */
export interface ModelQuestion {
  readonly request: GenerateRequest;
  readonly messages: readonly ChatMessage[];
  readonly limits: AnswerLimits;
  /** What the prompt begins with, where it has a page. */
  readonly page?: PageText | undefined;
}

export interface StartOptions {
  /** The job is not stored. */
  readonly passing?: boolean;
  /** The model answers, also where it is not offered for that. */
  readonly byModel?: boolean;
}

/** Regenerated answers are sampled; first answers are greedy, so that they can be reproduced. */
const VARIED = { temperature: 0.7, topP: 0.9 } as const;

/** The fields of a job that ends with this result. */
export function ended({ stop, text, ids, thoughtTokens, timings }: ModelAnswer) {
  const { decodeTokensPerSecond } = timings;
  const onlyThought = thoughtTokens > 0 && text === '' && stop !== 'cancelled';
  const progress: JobProgress =
    stop === 'cancelled'
      ? { phase: 'stopped' }
      : onlyThought
        ? { phase: 'done', onlyThought }
        : stop === 'length'
          ? { phase: 'done', cut: true }
          : { phase: 'done' };
  const end = { progress, text, tokens: ids.length };
  return decodeTokensPerSecond > 0 ? { ...end, tokensPerSecond: decodeTokensPerSecond } : end;
}

/**
 * With the page's language, where the profile's requests name it. The page's tokens are counted on the way, with pauses:
 * whoever fits the page to the context finds them counted.
 */
export async function readBy(profile: TaskProfile, page: PageText, loaded: Answerer): Promise<ReadPage> {
  const pause = () => new Promise<void>((resolve) => setTimeout(resolve));
  await counterOf(loaded).ahead(page.text, pageBudget(loaded.facts.capacity), pause);
  return profile.namesPageLanguage ? { ...page, promptLanguage: await pageLanguage(page) } : page;
}

const counters = new WeakMap<Answerer, PieceCounter>();

function counterOf(loaded: Answerer): PieceCounter {
  const known = counters.get(loaded);
  if (known !== undefined) return known;
  const counter = new PieceCounter((text) => loaded.countTokens({ kind: 'text', text, literal: true }));
  counters.set(loaded, counter);
  return counter;
}

export function tokensOf(loaded: Answerer): TokenCounter {
  const counter = counterOf(loaded);
  return {
    capacity: loaded.facts.capacity,
    countText: (text: string) => counter.count(text),
    countMessages: (messages: readonly ChatMessage[], begun = '') =>
      loaded.countTokens({ kind: 'messages', messages, begun }),
  };
}

/** Names that the job of an answer has: of the model, and of the server that the text is sent to. */
export const namesOf = ({ facts: { model, server } }: Answerer) => ({
  model: model.name,
  host: server === undefined ? undefined : { host: server },
});

export function chatFacts(
  { coverage, excerpts, forgotten, prompt }: ChatPrompt,
  loaded: Answerer,
): Partial<ChatJob> {
  return {
    context: { prompt, capacity: loaded.facts.capacity },
    coverage,
    excerpts,
    forgotten: forgotten || undefined,
  };
}

/**
 * The prompt with the answer, as the cache holds them. Without the answer after thoughts: they are in the cache, but no
 * later prompt contains them.
 */
export function withAnswer(prompt: Prompt, { text, thoughtTokens }: ModelAnswer): Prompt {
  if (prompt.kind === 'text' || thoughtTokens > 0) return prompt;
  return { ...prompt, begun: (prompt.begun ?? '') + text };
}

export function varied(request: GenerateRequest, { facts }: Answerer): GenerateRequest {
  const seed = crypto.getRandomValues(new Uint32Array(1))[0]!;
  // A model whose makers want the likeliest token keeps their penalty.
  const isGreedy = (facts.sampling?.temperature ?? 0) === 0;
  return { ...request, sampling: { ...facts.sampling, ...(isGreedy ? VARIED : {}), seed } };
}

export const isPrivate = ({ inMemory }: Job): boolean => inMemory === 'private-window';

/** Queued, or waiting for its model. */
export const isWaiting = ({ progress: { phase } }: Job): boolean => phase === 'queued' || phase === 'loading';
