/**
 * Asks the content script in a tab. The script is injected on demand, which the browser allows only in a tab where the
 * person has just used Linnet (`activeTab`).
 */
import { browser } from 'wxt/browser';
import { AppError, fromWire } from '../../protocol/errors.ts';
import { MARK, type PageRequestKind, type PageRequests, READER, SCRIPT } from './page-messages.ts';
import { readError, readReply } from './page-replies.ts';

/** Milliseconds; a page that is not read within so long is busy with its own scripts. */
const READING = 60_000;

/**
 * `frame`: the browser's number of a frame within the page; 0 is the page itself. Throws `page-slow` if the page is not
 * read in time.
 */
export function askPage<K extends PageRequestKind>(
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
    const files = kind === 'extract' ? [SCRIPT, READER] : [SCRIPT];
    await browser.scripting.executeScript({ target: { tabId: tab, frameIds: [frame] }, files });
  } catch (error) {
    throw restricted(error);
  }
  const answer: unknown = await browser.tabs.sendMessage(
    tab,
    { kind: MARK + kind, send },
    { frameId: frame },
  );
  const { value, error } = (answer ?? {}) as { readonly value?: unknown; readonly error?: unknown };
  if (error !== undefined) throw fromWire(readError(error, kind));
  return readReply(kind, value);
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
