/**
 * What an answer can do with the page it is about. Handed down past the conversation (Preact's createContext), which
 * has no use for it; absent where there is no page to go to.
 */
import { createContext } from 'preact';
import type { Conversation } from '../../protocol/types.ts';

export interface PageActions {
  /** The page of the conversation. */
  readonly page: Conversation['page'];
  /** Scrolls to a sentence of the page and marks it. */
  showPassage(text: string): void;
  /** Looks for what a key point says, in the page's own language, and shows it; resolves when that is known. */
  seekPassage(job: string, point: number): Promise<void>;
  /** Puts the cursor where a question about the page is written. */
  askAbout(): void;
}

export const PageActions = createContext<PageActions | undefined>(undefined);
