/**
 * Reads a long range of a file by several requests at once and yields it in order. The first segment is passed on as it
 * arrives; later ones wait in memory, at most {@link PARALLEL} × {@link SEGMENT} bytes.
 *
 * A broken connection is resumed at the byte where it broke.
 */
import { fail } from '../../base/errors.ts';
import { type FileVersion, requirePart, strongTag } from './http-answer.ts';
import { body, LEAST_PROGRESS } from './http-body.ts';
import { patiently, type ByteRange, type RemoteFile, request } from './http-request.ts';

/** Bytes per request: large enough to hide round trips (a hub redirects each), small enough for a phone. */
export const SEGMENT = 4 * 1024 * 1024;
/** Requests in flight at a time. */
export const PARALLEL = 4;

/** A file on a server that supports ranges. */
export interface RangedFile extends RemoteFile {
  readonly size: number;
  /** What every response must repeat. */
  readonly version: FileVersion;
}

/**
 * Yields bytes [offset, offset + length) in order. Throws `source-read` after repeated failures, `source-refused`,
 * `checkpoint-mismatch` if the file changes on the server, `source-cancelled` after `signal`.
 */
export async function* ranges(
  file: RangedFile,
  offset: number,
  length: number,
  signal?: AbortSignal,
): AsyncIterable<Uint8Array> {
  const ended = new AbortController();
  const either = signal === undefined ? ended.signal : AbortSignal.any([signal, ended.signal]);
  const end = offset + length;
  const window: RangeSegment[] = [];
  let next = offset;
  const fillWindow = () => {
    for (; window.length < PARALLEL && next < end; next += SEGMENT) {
      window.push(segment(file, { offset: next, length: Math.min(SEGMENT, end - next) }, either));
    }
  };
  try {
    for (fillWindow(); window.length > 0; fillWindow()) {
      yield* (window[0] as RangeSegment).pieces();
      window.shift();
    }
  } finally {
    ended.abort(); // cancel the requests when the consumer stops early
  }
}

interface RangeSegment {
  pieces(): AsyncIterable<Uint8Array>;
}

/** Starts the request at once and buffers its bytes until they are consumed. */
function segment(file: RangedFile, { offset, length }: ByteRange, signal: AbortSignal): RangeSegment {
  const waiting: Uint8Array[] = [];
  let state: { done: true; error?: unknown } | undefined;
  let wake = () => {};
  const end = (error?: unknown) => {
    state = { done: true, error };
    wake();
  };
  let at = 0;
  patiently(
    file,
    async (progress) => {
      // Only bytes beyond the range were wrong: nothing is left to ask for.
      if (at === length) return;
      const start = at;
      for await (const piece of readRange(file, { offset: offset + at, length: length - at }, signal)) {
        at += piece.length;
        if (at - start >= LEAST_PROGRESS) progress();
        waiting.push(piece);
        wake();
      }
      if (at < length) cutShort(file, offset + at, length - at);
    },
    signal,
  ).then(
    () => end(),
    (error: unknown) => end(error),
  );
  return {
    async *pieces() {
      for (;;) {
        const piece = waiting.shift();
        if (piece !== undefined) yield piece;
        else if (state?.error !== undefined) throw state.error;
        else if (state !== undefined) return;
        else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    },
  };
}

/** Yields the body of one range response and checks it meanwhile. */
async function* readRange(
  file: RangedFile,
  range: ByteRange,
  signal: AbortSignal,
): AsyncIterable<Uint8Array> {
  const response = await request(file, { range, ifRange: strongTag(file.version) }, signal);
  if (response === undefined) {
    fail('source-refused', {
      who: file.name,
      message: 'the file no longer exists on the server',
      got: 404,
    });
  }
  try {
    requirePart(file, range, response);
  } catch (error) {
    void response.body?.cancel().catch(() => {});
    throw error;
  }
  let got = 0;
  for await (const piece of body(response, file, signal)) {
    if (got + piece.length > range.length) {
      fail('source-read', {
        who: file.name,
        where: `byte ${range.offset + got}`,
        message: 'the server sent more bytes than requested',
        expected: `${range.length} bytes`,
        got: `at least ${got + piece.length} bytes`,
      });
    }
    got += piece.length;
    yield piece;
  }
}

function cutShort({ name }: RangedFile, at: number, missing: number): never {
  fail('source-read', {
    who: name,
    where: `byte ${at}`,
    message: "the server's response has the wrong length",
    expected: `${missing} more bytes`,
    got: 'the end of the response',
  });
}
