/** A conversation in a list, and why it is there. */
import type { Conversation } from './types.ts';

/** A part of a question or an answer around a word that was found. */
export interface Snippet {
  readonly before: string;
  readonly hit: string;
  readonly after: string;
}

/** `snippet`: absent without a search, or if the titles contain all the words. */
export type FoundConversation = Conversation & { readonly snippet?: Snippet };
