/** What a translation works with, and what its prompts are made of. */
import type { ChatMessage } from '../../../engine/index.ts';
import type { GlossaryEntry, TranslationRequest } from '../../protocol/types.ts';
import type { Answerer } from '../answerer/answerer.ts';
import type { RunningJob } from '../jobs/running-job.ts';
import type { TokenCounter } from '../prompts/chat-prompt.ts';
import type { TaskProfile } from '../prompts/task-profile.ts';

/** Translations have a branch of the cache of their own, so that conversations keep their rows. */
export const BRANCH = 'translations';

export interface TranslationInput {
  readonly model: Answerer;
  readonly tokens: TokenCounter;
  readonly profile: TaskProfile;
  readonly request: TranslationRequest;
  readonly glossary: readonly GlossaryEntry[];
  /** Whether the model is asked for a dictionary entry of a single word. */
  readonly writesEntries?: boolean;
  /** By model: how many answers in a row lost their marks. Kept up to date here. */
  readonly lost: Map<string, number>;
}

export interface TranslationWork extends TranslationInput {
  readonly running: RunningJob;
  onPrompt(messages: readonly ChatMessage[]): void;
}
