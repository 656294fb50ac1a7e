/**
 * Server-sent events, as far as streams of chat completions use them. Source: HTML Living Standard, section 9.2.6
 * (interpreting an event stream). Lines and events are bounded: a server may send anything.
 */
import { AppError } from '../../protocol/errors.ts';

export interface SentEvent {
  /** The field `event`, or the name of a field that is not of the standard and carries an error (`error: {…}`). */
  readonly name?: string;
  readonly data: string;
}

/** Characters of one event, and of the line that it comes in. */
const MOST = 1_000_000;

/** Reads events from bytes. Comments, which keep a connection open, give none. Throws `server-unlike` beyond the bounds. */
export async function* sentEvents(bytes: AsyncIterable<Uint8Array>): AsyncIterable<SentEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  let data: string[] = [];
  let size = 0;
  let name: string | undefined;
  const take = (line: string): SentEvent | undefined => {
    if (line === '') {
      const event =
        data.length === 0 ? undefined : { ...(name === undefined ? {} : { name }), data: data.join('\n') };
      [data, size, name] = [[], 0, undefined];
      return event;
    }
    const colon = line.indexOf(':');
    if (colon === 0) return undefined;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') name = value;
    if (field === 'error') name = field;
    if (field !== 'data' && field !== 'error') return undefined;
    size += value.length;
    if (size > MOST) tooLong();
    data.push(value);
    return undefined;
  };
  for await (const piece of bytes) {
    rest += decoder.decode(piece, { stream: true });
    let from = 0;
    for (;;) {
      const end = lineEnd(rest, from);
      if (end === undefined) break;
      const event = take(rest.slice(from, end.at));
      from = end.next;
      if (event !== undefined) yield event;
    }
    rest = rest.slice(from);
    if (rest.length > MOST) tooLong();
  }
  // An event without an empty line after it counts: some servers close the connection instead.
  for (const line of rest === '' ? [''] : [rest.replace(/\r$/, ''), '']) {
    const last = take(line);
    if (last !== undefined) yield last;
  }
}

/** A line ends with CR LF, LF or CR; a CR at the end of a piece may be half of a CR LF. */
const LINE_END = /\r\n|\n|\r(?!$)/g;

function lineEnd(text: string, from: number): { readonly at: number; readonly next: number } | undefined {
  LINE_END.lastIndex = from;
  const match = LINE_END.exec(text);
  return match === null ? undefined : { at: match.index, next: match.index + match[0].length };
}

function tooLong(): never {
  throw new AppError('server-unlike', {
    who: 'server',
    message: 'the stream has an event without an end',
    expected: `events of at most ${MOST} characters`,
  });
}
