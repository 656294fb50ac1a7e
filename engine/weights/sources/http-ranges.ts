/**
 * A long stretch of a file by several range requests at once, given out in order. The first segment is passed on as
 * it arrives; those behind it wait in memory, never more than {@link PARALLEL} × {@link SEGMENT} bytes of them.
 *
 * A connection that breaks is taken up at the byte where it broke.
 */
import { fail } from '../../base/errors.ts';
import { body, patiently, type ByteRange, type RemoteFile, request } from './http-request.ts';

/** Bytes of one request: enough to hide its round trips (a hub redirects each), little enough for a phone. */
export const SEGMENT = 4 * 1024 * 1024;
export const PARALLEL = 4;

export interface RangedFile extends RemoteFile {
  readonly size: number;
  /** What every answer must carry again; undefined where the server tells nothing. */
  readonly tag: string | undefined;
}

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
    ended.abort(); // whoever stops listening stops the requests
  }
}

interface RangeSegment {
  pieces(): AsyncIterable<Uint8Array>;
}

/** Starts at once, and keeps what has come until it is asked for. */
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
      for await (const piece of answer(file, { offset: offset + at, length: length - at }, signal)) {
        at += piece.length;
        progress();
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

/** One ranged answer, checked while it is read. */
async function* answer(file: RangedFile, range: ByteRange, signal: AbortSignal): AsyncIterable<Uint8Array> {
  const response = await request(file, range, signal);
  checkAnswer(file, range, response);
  let got = 0;
  for await (const piece of body(response as Response, file, signal)) {
    if (got + piece.length > range.length) {
      fail('source-read', {
        who: file.name,
        where: `byte ${range.offset + got}`,
        message: 'the server sends more than was asked for',
        expected: `${range.length} bytes`,
        got: `at least ${got + piece.length} bytes`,
      });
    }
    got += piece.length;
    yield piece;
  }
}

function checkAnswer(file: RangedFile, { offset }: ByteRange, response: Response | undefined): void {
  if (response?.status !== 206) {
    fail('source-refused', {
      who: file.name,
      message: 'the server stopped serving parts of the file',
      expected: 206,
      got: response?.status ?? 404,
    });
  }
  const tag = tagOf(response);
  const place = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '');
  const changed = (expected: string, got: string): never =>
    fail('checkpoint-mismatch', {
      who: file.name,
      message: 'the file changed on the server meanwhile',
      expected,
      got,
    });
  if (file.tag !== undefined && tag !== undefined && tag !== file.tag) changed(file.tag, tag);
  if (place !== null && place[2] !== '*' && Number(place[2]) !== file.size) {
    changed(`${file.size} bytes`, `${place[2]} bytes`);
  }
  if (place !== null && Number(place[1]) !== offset) {
    fail('source-read', {
      who: file.name,
      message: 'the server sends another part than was asked for',
      expected: `byte ${offset}`,
      got: `byte ${place[1]}`,
    });
  }
}

/** Tells one version of a file from another; scripts of other origins may not see every header. */
export function tagOf(response: Response): string | undefined {
  return response.headers.get('etag') ?? response.headers.get('last-modified') ?? undefined;
}

function cutShort({ name }: RangedFile, at: number, missing: number): never {
  fail('source-read', {
    who: name,
    where: `byte ${at}`,
    message: 'the answer of the server has the wrong length',
    expected: `${missing} bytes more`,
    got: 'the end',
  });
}
