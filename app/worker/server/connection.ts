/**
 * The only place that sends text off the device: requests to the one server that a person named. An address of another
 * origin is refused here, whoever asks for it; redirects are not followed; no cookie goes along, and nothing is cached.
 *
 * Here a server that is down is told from one that refuses, answers with something else, or falls silent. Nothing of a
 * request or an answer is logged.
 */
import { AppError } from '../../protocol/errors.ts';
import { type ServerAddress, serverAddress } from '../../protocol/server/server-address.ts';
import { refusalError } from './refusals.ts';

export interface ConnectionOptions {
  /** Reaches other hosts than those of models (network-guard.ts). */
  readonly fetch: typeof fetch;
  /** Milliseconds without a byte before the first word: a server may load its model, and read a long prompt. */
  readonly firstMs?: number;
  /** Milliseconds without a byte after the first word. */
  readonly silentMs?: number;
}

export interface ServerQuestion {
  /** Below the version's path: `models`, `chat/completions`. */
  readonly path: string;
  /** Sent as JSON; a GET where absent. */
  readonly body?: object;
  readonly key?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A server's answer with status 200. */
export interface Answered {
  readonly type: string;
  /** Throws `server-cut`, `server-silent`, `request-aborted`. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** The first word has come: from now on a server should not be silent for long. */
  begun(): void;
}

const FIRST_MS = 300_000;
const SILENT_MS = 90_000;
/** Bytes of a refusal that are read. */
const REFUSAL = 64 * 1024;

export class ServerConnection {
  readonly address: ServerAddress;
  private readonly options: ConnectionOptions;

  /** Throws `server-address`. */
  constructor(address: string, options: ConnectionOptions) {
    this.address = serverAddress(address);
    this.options = options;
  }

  /** Throws `server-down`, `server-silent`, and what {@link refusalError} makes of a refusal. */
  async ask({ path, body, key, signal }: ServerQuestion): Promise<Answered> {
    const { address } = this;
    const url = new URL(path, address.base);
    if (url.origin !== address.origin)
      this.fail('server-unlike', 'this is no address of the server', url.origin);
    const watch = new Silence(signal);
    watch.within(this.options.firstMs ?? FIRST_MS);
    const headers: Record<string, string> = {
      accept: body === undefined ? 'application/json' : 'text/event-stream, application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    };
    const { fetch: get } = this.options;
    let response: Response;
    try {
      response = await get(url.href, {
        method: body === undefined ? 'GET' : 'POST',
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: watch.signal,
        redirect: 'manual',
        credentials: 'omit',
        cache: 'no-store',
        referrerPolicy: 'no-referrer',
      });
    } catch {
      watch.end();
      if (signal?.aborted === true) this.stopped();
      if (watch.late) this.fail('server-silent', 'the server did not begin to answer');
      // The browser does not say more: nobody listens, the name is unknown, or the answer may not be read.
      return this.fail('server-down', 'the server cannot be reached');
    }
    let patience = this.options.firstMs ?? FIRST_MS;
    const bytes = this.bytesOf(response, watch, () => patience, signal);
    if (response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400)) {
      watch.end();
      return this.fail('server-unlike', 'the server forwards to another address, which is not followed');
    }
    if (!response.ok)
      throw refusalError({ status: response.status, text: await textOf(bytes), host: address.host });
    const begun = () => {
      patience = this.options.silentMs ?? SILENT_MS;
    };
    return { type: response.headers.get('content-type') ?? '', bytes, begun };
  }

  private async *bytesOf(
    response: Response,
    watch: Silence,
    patience: () => number,
    signal: AbortSignal | undefined,
  ): AsyncIterable<Uint8Array> {
    const reader = response.body?.getReader();
    try {
      for (;;) {
        // `transformers serve` sends a first chunk, and then reads the prompt.
        watch.within(patience());
        const part = await reader?.read();
        if (part?.value === undefined || part.done) return;
        yield part.value;
      }
    } catch {
      if (signal?.aborted === true) this.stopped();
      if (watch.late) this.fail('server-silent', 'the server fell silent within its answer');
      this.fail('server-cut', 'the connection ended within the answer');
    } finally {
      watch.end();
      void reader?.cancel().catch(() => {});
    }
  }

  private fail(
    code: 'server-down' | 'server-silent' | 'server-unlike' | 'server-cut',
    message: string,
    got?: string,
  ): never {
    throw new AppError(code, { who: this.address.host, message, got });
  }

  private stopped(): never {
    throw new DOMException('stopped', 'AbortError');
  }
}

/** Aborts a request that is stopped, or that nothing is heard of. */
class Silence {
  private readonly controller = new AbortController();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly stop = () => this.controller.abort();
  private readonly outer: AbortSignal | undefined;
  /** Nothing was heard in time. */
  late = false;

  constructor(outer: AbortSignal | undefined) {
    this.outer = outer;
    if (outer?.aborted === true) this.stop();
    else outer?.addEventListener('abort', this.stop, { once: true });
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  within(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.late = true;
      this.controller.abort();
    }, ms);
  }

  end(): void {
    clearTimeout(this.timer);
    this.outer?.removeEventListener('abort', this.stop);
  }
}

/** The beginning of a text. */
export async function textOf(bytes: AsyncIterable<Uint8Array>, most = REFUSAL): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const piece of bytes) {
      text += decoder.decode(piece, { stream: true });
      if (text.length > most) break;
    }
  } catch (error) {
    if (error instanceof DOMException) throw error;
    // What was refused is known by the status.
  }
  return text.slice(0, most);
}
