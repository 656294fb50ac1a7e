/**
 * Requests from pages of Linnet to the content script in a tab: what they are, and how the script answers them. Sending
 * them is for ask-page.ts, which is not part of the script.
 */
import { browser } from 'wxt/browser';
import type { WireError } from '../../protocol/errors.ts';
import { type ReportedSender, senderOf } from '../../protocol/sender.ts';
import type { PageText } from '../../protocol/types.ts';
import { ownExtension } from './own-messages.ts';

export interface PageRequests {
  extract: { send: object; reply: PageReading };
  /** Scrolls to a sentence and marks it. */
  'show-passage': { send: { url: string; text: string }; reply: PassageShown };
  /** Translates the selection in a bubble on the page. Refused with `text-none` if there is none, as are those below. */
  'translate-selection': { send: SelectionReport; reply: null };
  /** Translates the whole text of the field that has the focus. */
  'translate-written': { send: object; reply: null };
  'translate-page': { send: object; reply: null };
  /** Translates the selection, else the text of the focused field, else the page. */
  'translate-this': { send: object; reply: null };
}
export type PageRequestKind = keyof PageRequests;

/** The selection as the browser reports it, for places that scripts cannot read: other frames, PDF files, address bars. */
export interface SelectionReport {
  readonly text?: string;
  /** The selection is in a frame; a selection on the page around it is older. */
  readonly inFrame?: boolean;
}

export interface PageReading {
  readonly page: PageText;
  /** The selected text; empty if there is none. */
  readonly selection: string;
  /** Whether the focus is in a field that contains text. */
  readonly written?: boolean;
  /** Whether the page lets nobody select its text. */
  readonly unselectable?: boolean;
}

/** `elsewhere`: the tab shows another page by now; `gone`: the page no longer contains the text. */
export type PassageShown = 'shown' | 'elsewhere' | 'gone';

/** Prefix that distinguishes these messages from others. */
export const MARK = 'linnet:page:';
/** The content script. */
export const SCRIPT = '/content-scripts/content.js';
/** What only reading a page needs; it follows the content script when a page is read. */
export const READER = '/reader.js';

export type PageHandlers = {
  [K in PageRequestKind]: (
    send: PageRequests[K]['send'],
  ) => PageRequests[K]['reply'] | Promise<PageRequests[K]['reply']>;
};

/** Called in the content script. */
export function answerPageRequests(handlers: PageHandlers, toWire: (error: unknown) => WireError): void {
  browser.runtime.onMessage.addListener(
    (message: unknown, sender: ReportedSender, answer: (value: unknown) => void) => {
      const { kind, send } = (message ?? {}) as { kind?: unknown; send?: unknown };
      if (typeof kind !== 'string' || !kind.startsWith(MARK)) return undefined;
      const name = kind.slice(MARK.length);
      // Browsers differ in what they say of a service worker, beyond the extension's id.
      const own = ownExtension();
      const known = sender.id === own.id && senderOf(sender, own).role !== 'web-page';
      if (!known || !Object.hasOwn(handlers, name)) return undefined;
      const handler = handlers[name as PageRequestKind];
      Promise.resolve()
        .then(() => handler(send as never))
        .then(
          (value) => answer({ value }),
          (error: unknown) => answer({ error: toWire(error) }),
        );
      return true;
    },
  );
}
