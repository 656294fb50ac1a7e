/**
 * Requests a file or a range of it, with retries. `fetch` is passed in by `http-source.ts`, the only module with access
 * to the network.
 *
 * There are two kinds of failure. `source-read` may be temporary (a busy server, a broken or stalled connection) and is
 * retried. All others (`source-refused`, `checkpoint-mismatch`, …) are final.
 */
import { fail, EngineError } from '../../base/errors.ts';
import { readRefusal } from './hub/refusals.ts';
import { cancelled } from './byte-source.ts';
import { type ConnectPolicy, forbidden, requireAllowed, watchViolations } from './connect-policy.ts';

/** How to make requests. */
export interface Connection {
  readonly get: typeof fetch;
  /** Milliseconds of wait after the first failure; after failure n it is 2^(n-1) times this. */
  readonly backoffMs: number;
  /** A connection with hardly a byte for this many milliseconds counts as broken (`http-body.ts`). */
  readonly stallMs: number;
  /** Where this program may connect to. */
  readonly policy: ConnectPolicy;
  /** An access token of the person, and the only origin that it is sent to; a redirect to another does not carry it. */
  readonly access?: { readonly origin: string; readonly token: string };
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
/** Upper limit for the wait that a busy server asks for; a hub's windows are five minutes long. */
const MAX_RETRY_AFTER_MS = 300_000;

/** What a request asks for. */
export interface Asking {
  /** The whole file when absent. */
  readonly range?: ByteRange | undefined;
  /** The strong ETag that the range must belong to; otherwise the server sends the whole of the newer file. */
  readonly ifRange?: string | undefined;
}

/** Whether a status is temporary: timeouts, too many requests, and server errors. */
const isTemporary = (status: number): boolean => status === 408 || status === 429 || status >= 500;

/**
 * Returns the response, whose status is 200, 206, or 416 for a range, or undefined for 404. Throws `source-read` for
 * temporary failures, `source-refused` for permanent ones, those of a hub by name (`refusals.ts`), `source-forbidden` for
 * a server that the policy excludes, `source-cancelled` after `signal`.
 */
export async function request(
  { url, name, connection }: RemoteFile,
  asking: Asking,
  signal?: AbortSignal,
): Promise<Response | undefined> {
  requireAllowed(connection.policy, name, url);
  const response = await answerTo({ url, name, connection }, headersOf(url, asking, connection), signal);
  const { status } = response;
  if (status === 200 || status === 206) return response;
  void response.body?.cancel();
  const withToken = tokenFor(url, connection) !== undefined;
  if (readRefusal(response, { url, name, withToken }) || status === 404) return undefined;
  if (status === 416 && asking.range !== undefined) return response;
  return fail(isTemporary(status) ? 'source-read' : 'source-refused', {
    who: name,
    where: url,
    message:
      status === 429
        ? 'the server had too many requests from here lately, and wants a pause'
        : 'the server refused this file',
    expected: '200 or 206',
    got: `${status} ${response.statusText}`.trim(),
    cause: new RetryAfter(response.headers),
  });
}

function tokenFor(url: string, { access }: Connection): string | undefined {
  return access !== undefined && new URL(url).origin === access.origin ? access.token : undefined;
}

function headersOf(url: string, { range, ifRange }: Asking, connection: Connection): Record<string, string> {
  const token = tokenFor(url, connection);
  const access: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  if (range === undefined) return access;
  const last = range.offset + range.length - 1;
  return {
    ...access,
    range: `bytes=${range.offset}-${last}`,
    // To another origin a browser would ask for leave before each such request. The tag of each answer is compared anyway.
    ...(ifRange === undefined || isForeign(url) ? {} : { 'if-range': ifRange }),
  };
}

/** Whether a browser treats the address as another origin's; never outside of browsers. */
function isForeign(url: string): boolean {
  const here: { origin?: string } | undefined = globalThis.location;
  return here !== undefined && new URL(url).origin !== here.origin;
}

async function answerTo(
  { url, name, connection }: RemoteFile,
  headers: Record<string, string>,
  signal: AbortSignal | undefined,
): Promise<Response> {
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), connection.stallMs);
  const either = signal === undefined ? silence.signal : AbortSignal.any([signal, silence.signal]);
  const watched = watchViolations(url);
  let redirected: Response | undefined;
  try {
    const response = await connection.get(url, { method: 'GET', headers, signal: either });
    if (response.redirected && !connection.policy.allows(new URL(response.url))) redirected = response;
    else return response;
  } catch (cause) {
    if (signal?.aborted === true) cancelled(name);
    const late = silence.signal.aborted;
    if (!late && (await watched.violated())) forbidden(connection.policy, name, url, 'redirect');
    const got = late ? 'no response' : cause instanceof Error ? cause.message : String(cause);
    return fail('source-read', {
      who: name,
      where: url,
      message: 'the server cannot be reached',
      got,
      cause,
    });
  } finally {
    clearTimeout(timer);
    watched.end();
  }
  // A browser without a policy of its own has followed it; nothing of what came is read.
  void redirected.body?.cancel().catch(() => {});
  return forbidden(connection.policy, name, url, 'redirect');
}

/**
 * Passes on how long a server asks to wait, as the cause of an error. A hub says so by `ratelimit`:
 * `"resolvers";r=0;t=55` (draft-ietf-httpapi-ratelimit-headers), which a browser hides from other origins.
 */
class RetryAfter {
  readonly ms: number;
  constructor(headers: Headers) {
    const [, left, reset] = /;\s*r=(\d+)\s*;\s*t=(\d+)/.exec(headers.get('ratelimit') ?? '') ?? [];
    const seconds = Number(left === '0' ? reset : (headers.get('retry-after') ?? Number.NaN));
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
