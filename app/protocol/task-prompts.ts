/** The requests that models are sent, as a person reads and changes them. Plain data. */
import type { TaskName } from './types.ts';

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
