/** What a translation works with. */
import type { ChatMessage } from '../../../engine/index.ts';
import type { GlossaryEntry, TranslationRequest } from '../../protocol/types.ts';
import type { Answerer } from '../answerer/answerer.ts';
import type { RunningJob } from '../jobs/running-job.ts';
import type { TokenCounter } from '../prompts/chat-prompt.ts';
import type { TaskProfile } from '../prompts/task-profile.ts';

export interface TranslationWork {
  readonly running: RunningJob;
  readonly model: Answerer;
  readonly tokens: TokenCounter;
  readonly profile: TaskProfile;
  readonly request: TranslationRequest;
  readonly glossary: readonly GlossaryEntry[];
  /** Whether the model is asked for a dictionary entry of a single word. */
  readonly writesEntries?: boolean;
  /** By model: how many answers in a row lost their marks. Kept up to date here. */
  readonly lost: Map<string, number>;
  onPrompt(messages: readonly ChatMessage[]): void;
}
