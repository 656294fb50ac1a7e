/** What the content script knows of the reader, which is a script of its own and injected only when a page is read. */
import type { PageText } from '../../protocol/types.ts';

export interface ReadOptions {
  /** Taken as the text if the page has too little. */
  readonly selection?: string;
  /** Runs `work` while the page is as it was before it was translated; then the picture is taken without a pause. */
  readonly asOriginal?: (<T>(work: () => T) => T) | undefined;
}

export type PageReader = (doc: Document, url: string, options?: ReadOptions) => Promise<PageText>;
