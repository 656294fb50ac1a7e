/**
 * Actions of an answer on the page it is about. A Preact context passes them down, because the components between do not
 * need them. Undefined if the conversation is about no page.
 */
import { createContext } from 'preact';
import type { Conversation } from '../../protocol/types.ts';

export interface PageActions {
  /** The page of the conversation. */
  readonly page: Conversation['page'];
  /** Scrolls the page to a sentence and highlights it. */
  showPassage(text: string): void;
  /** Searches the page, in its own language, for the sentence behind a key point; resolves when the search has ended. */
  seekPassage(job: string, point: number): Promise<void>;
  /** Moves the focus to the field for questions. */
  askAbout(): void;
}

export const PageActions = createContext<PageActions | undefined>(undefined);
