/**
 * What the service of jobs is handed, and what a job takes from a model and gives to it: the fields of its end, a counter of
 * tokens, and changes to a request.
 * Pure but for the tokenizer.
 */
import type { ChatMessage, GenerateRequest, Prompt } from '../../engine/index.ts';
import type { ModelAnswer, Answerer } from './answerer/answerer.ts';
import type { AnswerLimits } from './guides/guides.ts';
import type { TaskOffer } from '../protocol/abilities.ts';
import type { ServerEvent, Topic } from '../protocol/requests.ts';
import type { ChatJob, GlossaryEntry, Job, JobProgress, PageText, Task } from '../protocol/types.ts';
import type { PageMeaning } from './meaning/page-meaning.ts';
import type { ReadingPacker } from './reading/reading-packer.ts';
import type { SavedPrefixes } from './reading/saved-prefixes.ts';
import type { Answerers } from './server/answerers.ts';
import type { Store } from './store/store.ts';
import type { ChatPrompt, TokenCounter } from './prompts/chat-prompt.ts';
import { pageLanguage, type ReadPage } from './prompts/page-language.ts';
import type { TaskProfile } from './prompts/task-profile.ts';
import { PieceCounter } from './prompts/token-count.ts';

export interface JobServiceOptions {
  readonly models: Answerers;
  readonly store: Store;
  /** What models have read of conversations; nothing is saved without it. */
  readonly prefixes?: SavedPrefixes;
  /** Packs what was saved of them. */
  readonly packer?: Pick<ReadingPacker, 'later' | 'forget' | 'forgetAll'>;
  /** How a model is asked; the profile that it came with if absent. */
  profile?(loaded: Answerer): TaskProfile;
  /** What the model for a task is offered for; for everything if absent. */
  offer?(task: Task, isPrivate: boolean): TaskOffer | undefined;
  /** Tokens a second that a model read when it was measured. */
  measured?(model: string): number | undefined;
  /** Finds passages by meaning; words alone decide where it is absent. */
  readonly meaning?: Pick<PageMeaning, 'likeness' | 'forget'>;
  /** Work for the pauses, which every job interrupts: trials of models. */
  readonly pauses?: { interrupt(): void; schedule(): void };
  emit(topic: Topic, event: ServerEvent): void;
  now(): number;
}

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
  await counterOf(loaded).ahead(page.text, pause);
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
      // The frame of a page's prompts is counted again with each part.
      counter.named(JSON.stringify([messages, begun]), () =>
        loaded.countTokens({ kind: 'messages', messages, begun }),
      ),
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
