/**
 * Requests a file or a range of it, with retries. `fetch` is passed in by `http-source.ts`, the only module with access
 * to the network.
 *
 * There are two kinds of failure. `source-read` may be temporary (a busy server, a broken or stalled connection) and is
 * retried. All others (`source-refused`, `checkpoint-mismatch`, …) are final.
 */
import { fail, EngineError } from '../../base/errors.ts';
import { cancelled } from './byte-source.ts';

/** How to make requests. */
export interface Connection {
  readonly get: typeof fetch;
  /** Milliseconds of wait after the first failure; after failure n it is 2^(n-1) times this. */
  readonly backoffMs: number;
  /** A connection without a byte for this many milliseconds counts as broken. */
  readonly stallMs: number;
  /** {@link HttpOptions.wholeFiles} */
  readonly wholeFiles: boolean;
}

/** A file on a server. */
export interface RemoteFile {
  readonly url: string;
  readonly name: string;
  readonly connection: Connection;
}

/** Bytes [offset, offset + length) of a file. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/** Attempts in a row without progress; with a {@link Connection.backoffMs} of 500 the waits add up to 16 s. */
const ATTEMPTS = 6;
/** Upper limit for the Retry-After header of a busy server. */
const MAX_RETRY_AFTER_MS = 60_000;

/** Whether a status is temporary: timeouts, too many requests, and server errors. */
const isTemporary = (status: number): boolean => status === 408 || status === 429 || status >= 500;

/**
 * Returns the response, whose status is 200 or 206, or undefined for 404. Throws `source-read` for temporary failures,
 * `source-refused` for permanent ones, `source-cancelled` after `signal`.
 */
export async function request(
  { url, name, connection }: RemoteFile,
  range: ByteRange | undefined,
  signal?: AbortSignal,
  method: 'GET' | 'HEAD' = 'GET',
): Promise<Response | undefined> {
  const headers: Record<string, string> =
    range === undefined ? {} : { range: `bytes=${range.offset}-${range.offset + range.length - 1}` };
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), connection.stallMs);
  const either = signal === undefined ? silence.signal : AbortSignal.any([signal, silence.signal]);
  let response: Response;
  try {
    response = await connection.get(url, { method, headers, signal: either });
  } catch (cause) {
    if (signal?.aborted === true) cancelled(name);
    const got = silence.signal.aborted
      ? 'no response'
      : cause instanceof Error
        ? cause.message
        : String(cause);
    return fail('source-read', {
      who: name,
      where: url,
      message: 'the server cannot be reached',
      got,
      cause,
    });
  } finally {
    clearTimeout(timer);
  }
  if (response.status === 200 || response.status === 206) return response;
  void response.body?.cancel();
  if (response.status === 404) return undefined;
  return fail(isTemporary(response.status) ? 'source-read' : 'source-refused', {
    who: name,
    where: url,
    message: 'the server refused this file',
    expected: '200 or 206',
    got: `${response.status} ${response.statusText}`.trim(),
    cause: new RetryAfter(response.headers.get('retry-after')),
  });
}

/** Passes the Retry-After header on as the cause of an error. */
class RetryAfter {
  readonly ms: number;
  constructor(header: string | null) {
    const seconds = Number(header ?? Number.NaN);
    this.ms = Number.isFinite(seconds) ? Math.min(MAX_RETRY_AFTER_MS, Math.max(0, seconds * 1000)) : 0;
  }
}

/**
 * Repeats `work` until it succeeds, fails permanently, or fails {@link ATTEMPTS} times in a row without a call of
 * `progress`. Throws the last error.
 */
export async function patiently<T>(
  { name, connection }: Pick<RemoteFile, 'name' | 'connection'>,
  work: (progress: () => void) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  let failures = 0;
  const progress = () => {
    failures = 0;
  };
  for (;;) {
    try {
      return await work(progress);
    } catch (error) {
      if (!(error instanceof EngineError) || error.code !== 'source-read') throw error;
      if (++failures >= ATTEMPTS) throw error;
      const retryAfter = error.cause instanceof RetryAfter ? error.cause.ms : 0;
      await pause(Math.max(retryAfter, connection.backoffMs * 2 ** (failures - 1)), name, signal);
    }
  }
}

/** Yields the bytes of a response as they arrive. Throws `source-read` if the connection breaks or stalls. */
export async function* body(
  response: Response,
  { name, connection }: Pick<RemoteFile, 'name' | 'connection'>,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  const stop = () => void reader.cancel().catch(() => {});
  signal?.addEventListener('abort', stop, { once: true });
  try {
    for (;;) {
      const next = await withTimeout(reader.read(), connection.stallMs);
      if (signal?.aborted === true) cancelled(name);
      if (next.done) return;
      yield next.value;
    }
  } catch (cause) {
    if (signal?.aborted === true) cancelled(name);
    fail('source-read', { who: name, message: 'the connection broke', got: String(cause), cause });
  } finally {
    signal?.removeEventListener('abort', stop);
    stop(); // has no effect if the body is finished or broken
  }
}

async function withTimeout<T>(promise: Promise<T>, ms: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no bytes for ${ms / 1000} s`)), ms);
  });
  try {
    return await Promise.race([promise, silence]);
  } finally {
    clearTimeout(timer);
  }
}

function pause(ms: number, name: string, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(new EngineError('source-cancelled', { who: name, message: 'stopped on request' }));
    };
    if (signal?.aborted === true) return stop();
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
