/** The requests that models are sent, as a person reads and changes them. Plain data. */
import type { SummaryLength, SummaryType } from './types.ts';

/** A task with a request of its own; `notes`: key points of one part of a long page. */
export type TaskName = `${SummaryType}.${SummaryLength}` | 'notes' | 'translation';

export interface TaskPromptText {
  readonly task: TaskName;
  /** The request as it is sent. */
  readonly text: string;
  /** The request of the profile; only where the person changed it. */
  readonly original?: string;
  /** What the request must contain, as `{language}`. */
  readonly place?: string;
}

/** The requests for the model in use; models of one kind share them. */
export interface TaskPrompts {
  /** Id of the task profile. */
  readonly profile: string;
  /** Name of the model; absent if there is none. */
  readonly model?: string;
  /** The model was trained on these very sentences. */
  readonly trained?: true;
  readonly prompts: readonly TaskPromptText[];
}

/** A person's changes: the request by profile and task. */
export type ChangedPrompts = Readonly<Record<string, Readonly<Partial<Record<TaskName, string>>>>>;
