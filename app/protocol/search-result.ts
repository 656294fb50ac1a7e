/** A conversation in a list, and why it is there. */
import type { Conversation } from './types.ts';

/** The place of a question or an answer where a word was found, with some words around it. */
export interface Snippet {
  readonly before: string;
  readonly hit: string;
  readonly after: string;
}

/** `snippet`: absent where nothing was looked for, and where the title says it all. */
export type FoundConversation = Conversation & { readonly snippet?: Snippet };
