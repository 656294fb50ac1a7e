/**
 * Files on a server: a model hub's repository or any base address. The only place that says `fetch(`.
 *
 * Bytes come by HTTP ranges, and a connection that breaks is taken up at the byte where it broke. A server
 * that ignores ranges sends whole files, which are read forwards (`source-forward.ts`).
 */
import { fail, LinnetError } from '../base/errors.ts';
import { type ByteSource, type CheckpointFolder, cancelled, collect } from './source.ts';
import { parseAddress } from './address.ts';
import { onlyFile, parseGgufAddress } from './gguf/find.ts';
import { forwardSource } from './source-forward.ts';
import { memorySource, requireRange } from './source-memory.ts';

/** First request of a file, in bytes: most JSON files come with it whole. */
const PROBE = 64 * 1024;
/** Attempts per stretch of bytes; the wait before attempt n is 2^n × {@link BACKOFF_MS}. */
const ATTEMPTS = 4;
/** Bytes of a file of unknown length that are kept in memory: a tokenizer may come so, weights may not. */
const MAX_UNSIZED = 64 * 1024 * 1024;
const BACKOFF_MS = 250;
const OWN_FILE = /^\w+-extension:/;

export interface HttpOptions {
  /** Branch, tag or commit of a hub repository; `main` when absent. */
  readonly revision?: string;
  /** For tests. */
  readonly fetch?: typeof fetch;
}

/** `org/name`, `org/name@revision`, a hub page's address, the base address of a folder, or one GGUF file's. */
export function httpFolder(address: string, options: HttpOptions = {}): CheckpointFolder {
  const get = options.fetch ?? ((input, init) => fetch(input, init));
  const gguf = parseGgufAddress(address.trim(), options.revision);
  if (gguf !== undefined) return onlyFile(gguf.file, (signal) => openHttp(gguf.url, get, signal));
  const { name, base } = parseAddress(address.trim(), options.revision);
  return {
    name,
    open: (file, signal) =>
      openHttp(new URL(file.split('/').map(encodeURIComponent).join('/'), base).href, get, signal),
  };
}

type Get = typeof fetch;

async function openHttp(url: string, get: Get, signal?: AbortSignal): Promise<ByteSource | undefined> {
  const name = url.split('/').pop() ?? url;
  // For its own files an extension is given the asked part with status 200, as if that were the whole.
  const probe = OWN_FILE.test(url) ? undefined : { offset: 0, length: PROBE };
  const response = await request(get, url, name, probe, signal);
  if (response === undefined) return undefined;
  if (response.status === 200) return whole(url, name, get, response);
  const total = Number(/\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1] ?? Number.NaN);
  const head = new Uint8Array(await response.arrayBuffer());
  const size = Number.isSafeInteger(total) ? total : await sizeByHead(get, url, name, signal);
  const tag = response.headers.get('etag');
  async function* stream(offset: number, length: number, stop?: AbortSignal): AsyncIterable<Uint8Array> {
    requireRange(name, size, offset, length);
    if (offset + length <= head.length) {
      if (length > 0) yield head.subarray(offset, offset + length);
      return;
    }
    let at = 0;
    for (let attempt = 0; at < length; attempt++) {
      try {
        for await (const piece of range(get, url, name, offset + at, length - at, tag, stop)) {
          at += piece.length;
          attempt = 0;
          yield piece;
        }
      } catch (error) {
        if (isFinal(error) || attempt + 1 >= ATTEMPTS) throw error;
        await pause(BACKOFF_MS * 2 ** attempt, name, stop);
      }
    }
  }
  return { name, size, stream, read: (o, l, s) => collect(name, stream(o, l, s), l) };
}

/** One ranged response, checked while it is read. */
async function* range(
  get: Get,
  url: string,
  name: string,
  offset: number,
  length: number,
  tag: string | null,
  signal?: AbortSignal,
): AsyncIterable<Uint8Array> {
  const response = await request(get, url, name, { offset, length }, signal);
  if (response?.status !== 206) {
    fail('source-read', {
      who: name,
      message: 'the server stopped serving ranges',
      expected: 206,
      got: response?.status ?? 404,
    });
  }
  const now = response.headers.get('etag');
  if (tag !== null && now !== null && now !== tag) {
    fail('checkpoint-mismatch', {
      who: name,
      message: 'the file changed on the server meanwhile',
      expected: tag,
      got: now,
    });
  }
  let got = 0;
  for await (const piece of body(response, name)) {
    got += piece.length;
    if (got > length) break;
    yield piece;
  }
  if (got !== length) {
    fail('source-read', {
      who: name,
      where: `byte ${offset + got}`,
      message: 'the answer of the server has the wrong length',
      expected: `${length} bytes`,
      got: `${got} bytes`,
    });
  }
}

/** A server without ranges answers any request with all of the file. */
async function whole(url: string, name: string, get: Get, first: Response): Promise<ByteSource> {
  const declared = first.headers.get('content-length');
  // With a content encoding the length is that of the packed form.
  if (declared === null || first.headers.get('content-encoding') !== null) return await unsized(name, first);
  let pending: Response | undefined = first;
  return forwardSource(name, Number(declared), async (signal) => {
    const response = pending ?? (await request(get, url, name, undefined, signal));
    pending = undefined;
    return response === undefined
      ? fail('source-read', { who: name, message: 'the file vanished from the server', got: 404 })
      : body(response, name);
  });
}

/** Nobody says how long the file is: it is kept in memory, up to {@link MAX_UNSIZED}. */
async function unsized(name: string, response: Response): Promise<ByteSource> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body(response, name)) {
    size += piece.length;
    if (size > MAX_UNSIZED) {
      fail('source-read', {
        who: name,
        message: 'the server neither sends parts of files nor says how long this one is',
        expected: `Accept-Ranges: bytes, a plain Content-Length, or at most ${MAX_UNSIZED} bytes`,
        got: 'more',
      });
    }
    pieces.push(piece);
  }
  const all = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return memorySource(name, all);
}

/** Undefined for 404; throws for every other answer but 200 and 206. Tries again when the server is busy. */
async function request(
  get: Get,
  url: string,
  name: string,
  range: { offset: number; length: number } | undefined,
  signal?: AbortSignal,
): Promise<Response | undefined> {
  const headers: Record<string, string> =
    range === undefined ? {} : { range: `bytes=${range.offset}-${range.offset + range.length - 1}` };
  for (let attempt = 1; ; attempt++) {
    let problem: string;
    let cause: unknown;
    try {
      const response = await get(url, { headers, ...(signal === undefined ? {} : { signal }) });
      if (response.status === 200 || response.status === 206) return response;
      void response.body?.cancel();
      if (response.status === 404) return undefined;
      problem = `${response.status} ${response.statusText}`.trim();
      if (response.status < 500 && response.status !== 429) attempt = ATTEMPTS;
    } catch (error) {
      if (signal?.aborted === true) cancelled(name);
      // An extension's own files have no 404: what is not there fails like a broken network.
      if (OWN_FILE.test(url)) return undefined;
      problem = error instanceof Error ? error.message : String(error);
      cause = error;
    }
    if (attempt >= ATTEMPTS) {
      fail('source-read', {
        who: name,
        where: url,
        message: 'the server does not give this file',
        expected: '200 or 206',
        got: problem,
        cause,
      });
    }
    await pause(BACKOFF_MS * 2 ** attempt, name, signal);
  }
}

/** For servers that hide Content-Range from pages of other origins; they do show Content-Length. */
async function sizeByHead(get: Get, url: string, name: string, signal?: AbortSignal): Promise<number> {
  const response = await get(url, { method: 'HEAD', ...(signal === undefined ? {} : { signal }) });
  const size = Number(response.headers.get('content-length') ?? Number.NaN);
  if (response.ok && Number.isSafeInteger(size)) return size;
  return fail('source-read', {
    who: name,
    message: 'the server does not say how long the file is',
    expected: 'Content-Range or Content-Length',
  });
}

async function* body(response: Response, name: string): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } catch (cause) {
    fail('source-read', { who: name, message: 'the connection broke', got: String(cause), cause });
  } finally {
    reader.cancel().catch(() => {}); // already broken or finished: nothing left to release
  }
}

/** What another attempt cannot change. */
function isFinal(error: unknown): boolean {
  return !(error instanceof LinnetError) || error.code !== 'source-read';
}

function pause(ms: number, name: string, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      try {
        cancelled(name);
      } catch (error) {
        reject(error);
      }
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
