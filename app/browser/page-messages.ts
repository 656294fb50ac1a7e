/**
 * Requests from pages of Linnet to the content script in a tab. The content script is injected on demand, which the
 * browser allows only in a tab where the person has just used Linnet (`activeTab`).
 */
import { browser } from 'wxt/browser';
import { AppError, fromWire, type WireError } from '../protocol/errors.ts';
import type { PageText } from '../protocol/types.ts';

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
}

/** `elsewhere`: the tab shows another page by now; `gone`: the page no longer contains the text. */
export type PassageShown = 'shown' | 'elsewhere' | 'gone';

/** Prefix that distinguishes these messages from others. */
const MARK = 'linnet:page:';
/** The content script. */
export const SCRIPT = '/content-scripts/content.js';
/** What only reading a page needs; it follows the content script when a page is read. */
const READER = '/reader.js';
/** Milliseconds; a page that does not answer for so long is busy with its own scripts. */
const READING = 60_000;

/**
 * `frame`: the browser's number of a frame within the page; 0 is the page itself. Throws `page-slow` if the page is not
 * read in time.
 */
export async function askPage<K extends PageRequestKind>(
  tab: number,
  kind: K,
  send: PageRequests[K]['send'],
  frame = 0,
): Promise<PageRequests[K]['reply']> {
  const answer = asked(tab, kind, send, frame);
  return kind === 'extract' ? inTime(answer, READING) : answer;
}

async function asked<K extends PageRequestKind>(
  tab: number,
  kind: K,
  send: PageRequests[K]['send'],
  frame: number,
): Promise<PageRequests[K]['reply']> {
  try {
    await browser.scripting.executeScript({
      target: { tabId: tab, frameIds: [frame] },
      files: kind === 'extract' ? [SCRIPT, READER] : [SCRIPT],
    });
  } catch (error) {
    throw restricted(error);
  }
  const answer: unknown = await browser.tabs.sendMessage(
    tab,
    { kind: MARK + kind, send },
    { frameId: frame },
  );
  const { value, error } = answer as { value: PageRequests[K]['reply']; error?: WireError };
  if (error !== undefined) throw fromWire(error);
  return value;
}

/** Throws `page-slow` after so many milliseconds; what comes later is dropped. */
export function inTime<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(
          new AppError('page-slow', {
            who: 'page',
            message: 'the page does not answer',
            expected: `within ${milliseconds / 1000} s`,
          }),
        ),
      milliseconds,
    );
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** Chrome gives the reason only in its message: no permission for this tab, or a page that no extension may access. */
function restricted(cause: unknown): AppError {
  const words = cause instanceof Error ? cause.message : String(cause);
  const grant = /must request permission|activeTab/i.test(words);
  const [code, message] = grant
    ? (['page-uncalled', 'Linnet has not been called on this page yet'] as const)
    : (['page-restricted', 'the browser keeps extensions out of this page'] as const);
  return new AppError(code, { who: 'page', message, cause });
}

export type PageHandlers = {
  [K in PageRequestKind]: (
    send: PageRequests[K]['send'],
  ) => PageRequests[K]['reply'] | Promise<PageRequests[K]['reply']>;
};

/** Called in the content script. */
export function answerPageRequests(handlers: PageHandlers, toWire: (error: unknown) => WireError): void {
  browser.runtime.onMessage.addListener(
    (message: unknown, _sender: unknown, answer: (value: unknown) => void) => {
      const { kind, send } = (message ?? {}) as { kind?: unknown; send?: unknown };
      if (typeof kind !== 'string' || !kind.startsWith(MARK)) return undefined;
      const handler = handlers[kind.slice(MARK.length) as PageRequestKind];
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
