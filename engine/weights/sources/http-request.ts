/**
 * One request for a file or a part of it, and how often and how patiently it is made again. `fetch` itself is handed
 * in by `http-source.ts`, the only door to the network.
 *
 * Two kinds of failure: `source-read` may go away by itself (a busy server, a broken or silent connection) and is
 * tried again; everything else (`source-refused`, `checkpoint-mismatch`, …) is final.
 */
import { fail, EngineError } from '../../base/errors.ts';
import { cancelled } from './byte-source.ts';

export interface Connection {
  readonly get: typeof fetch;
  /** The wait before attempt n + 1 is 2^(n-1) times this. */
  readonly backoffMs: number;
  /** Without a byte for so long a connection counts as broken. */
  readonly stallMs: number;
  /** {@link HttpOptions.wholeFiles} */
  readonly wholeFiles: boolean;
}

/** A file as its server describes it. */
export interface RemoteFile {
  readonly url: string;
  readonly name: string;
  readonly connection: Connection;
}

export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/** Attempts without a byte of progress; with {@link Connection.backoffMs} of 500 the waits add up to 16 s. */
const ATTEMPTS = 6;
/** What a busy server may ask us to wait at most. */
const MAX_RETRY_AFTER_MS = 60_000;

/** Statuses that go away: timeouts, too many requests, and every fault of the server's own. */
const passes = (status: number): boolean => status === 408 || status === 429 || status >= 500;

/**
 * The answer, with status 200 or 206, or undefined for 404. Throws `source-read` for what may pass and
 * `source-refused` for what will not.
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
    const got = silence.signal.aborted ? 'no answer' : cause instanceof Error ? cause.message : String(cause);
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
  return fail(passes(response.status) ? 'source-read' : 'source-refused', {
    who: name,
    where: url,
    message: 'the server does not give this file',
    expected: '200 or 206',
    got: `${response.status} ${response.statusText}`.trim(),
    cause: new RetryAfter(response.headers.get('retry-after')),
  });
}

/** Travels as the cause of a refusal. */
class RetryAfter {
  readonly ms: number;
  constructor(header: string | null) {
    const seconds = Number(header ?? Number.NaN);
    this.ms = Number.isFinite(seconds) ? Math.min(MAX_RETRY_AFTER_MS, Math.max(0, seconds * 1000)) : 0;
  }
}

/**
 * Does `work` until it succeeds, fails for good, or fails {@link ATTEMPTS} times in a row without having called
 * `progress`.
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
      const asked = error.cause instanceof RetryAfter ? error.cause.ms : 0;
      await pause(Math.max(asked, connection.backoffMs * 2 ** (failures - 1)), name, signal);
    }
  }
}

/** The bytes of an answer as they come. */
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
      const next = await inTime(reader.read(), connection.stallMs);
      if (signal?.aborted === true) cancelled(name);
      if (next.done) return;
      yield next.value;
    }
  } catch (cause) {
    if (signal?.aborted === true) cancelled(name);
    fail('source-read', { who: name, message: 'the connection broke', got: String(cause), cause });
  } finally {
    signal?.removeEventListener('abort', stop);
    stop(); // already broken or finished: nothing is left to release
  }
}

async function inTime<T>(promise: Promise<T>, ms: number): Promise<T> {
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
