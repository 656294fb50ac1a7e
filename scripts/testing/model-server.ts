/**
 * A model hub on 127.0.0.1 for tests: files with byte ranges, ETags and CORS, and every way in which a server may
 * make a download fail. It counts requests and sent bytes.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly file: string;
  /** First and last byte; undefined if the whole file was requested. */
  readonly range: readonly [number, number] | undefined;
  /** Number of requests so far, including this one. */
  readonly n: number;
}

/** What goes wrong with one answer. */
export type Fault =
  | { readonly kind: 'status'; readonly status: number }
  /** The connection breaks after so many bytes. */
  | { readonly kind: 'cut'; readonly after: number }
  /** A correct, complete answer of another length than was requested. */
  | { readonly kind: 'length'; readonly by: number }
  /** Sends headers, and then nothing. */
  | { readonly kind: 'silent' }
  | { readonly kind: 'redirect'; readonly to: string };

export interface ModelServerOptions {
  /** False: every request is answered with the whole file. */
  readonly ranges?: boolean;
  /** `null`: answers have no version. */
  readonly etag?: string | null;
  /** In the form of a hub's answer. */
  readonly commit?: string;
  /** SHA-256 of files that a hub publishes: in the list of its files, or with each answer. */
  readonly hashes?: { readonly in: 'tree' | 'header'; readonly of: Readonly<Record<string, string>> };
  /** Bytes a second, over all answers. */
  readonly rate?: number;
  readonly fault?: (asked: Asked) => Fault | undefined;
}

const PIECE = 64 * 1024;

export class ModelServer {
  options: ModelServerOptions;
  readonly asked: Asked[] = [];
  /** Bytes of files sent. */
  sent = 0;
  private readonly files: Readonly<Record<string, Uint8Array | string>>;
  private readonly server: Server = createServer((request, response) => void this.answer(request, response));
  private begun = performance.now();
  private spent = 0;

  constructor(files: Readonly<Record<string, Uint8Array | string>>, options: ModelServerOptions = {}) {
    this.files = files;
    this.options = options;
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.server.unref();
    return this;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  /** Ends every connection under way. */
  drop(): void {
    this.server.closeAllConnections();
  }

  /** The address of the folder. */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/org/model/resolve/main/`;
  }

  /** Changes the speed of all later sending. */
  setRate(rate: number | undefined): void {
    this.options = { ...this.options, ...(rate === undefined ? {} : { rate }) };
    if (rate === undefined) delete (this.options as { rate?: number }).rate;
    this.begun = performance.now();
    this.spent = 0;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('error', () => {});
    const file = decodeURIComponent(
      new URL(request.url ?? '/', 'http://local').pathname.split('/').pop() ?? '',
    );
    const found = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    const range = found === null ? undefined : ([Number(found[1]), Number(found[2])] as const);
    const asked = { file, range, n: this.asked.length + 1 };
    this.asked.push(asked);
    const fault = this.options.fault?.(asked);
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('access-control-expose-headers', 'etag, content-range, x-repo-commit, x-linked-etag');
    if (fault?.kind === 'status') return void response.writeHead(fault.status).end();
    if (fault?.kind === 'redirect') return void response.writeHead(302, { location: fault.to }).end();
    if (request.url?.startsWith('/api/models/org/model/tree/') === true) return this.sendTree(response);
    const content = this.files[file];
    if (content === undefined) return void response.writeHead(404).end('not here');
    await this.send(typeof content === 'string' ? Buffer.from(content) : content, asked, fault, response);
  }

  private sendTree(response: ServerResponse): void {
    const { hashes } = this.options;
    if (hashes?.in !== 'tree') return void response.writeHead(404).end();
    const list = Object.entries(this.files).map(([path, { length: size }]) => {
      const oid = hashes.of[path];
      const file = { type: 'file', oid: '0'.repeat(40), size, path };
      return oid === undefined ? file : { ...file, lfs: { oid, size, pointerSize: 135 } };
    });
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(list));
  }

  private async send(
    content: Uint8Array,
    { file, range }: Asked,
    fault: Fault | undefined,
    response: ServerResponse,
  ): Promise<void> {
    const { ranges = true, etag = '"1"', commit, hashes } = this.options;
    const linked = hashes?.in === 'header' ? hashes.of[file] : undefined;
    if (linked !== undefined) response.setHeader('x-linked-etag', `"${linked}"`);
    if (etag !== null) response.setHeader('etag', etag);
    if (commit !== undefined) response.setHeader('x-repo-commit', commit);
    const partial = ranges && range !== undefined;
    const from = partial ? range[0] : 0;
    const to = partial ? Math.min(range[1], content.length - 1) : content.length - 1;
    if (partial) response.setHeader('content-range', `bytes ${from}-${to}/${content.length}`);
    let part = content.subarray(from, to + 1);
    if (fault?.kind === 'length') {
      part = fault.by < 0 ? part.subarray(0, fault.by) : Buffer.concat([part, new Uint8Array(fault.by)]);
    }
    response.writeHead(partial ? 206 : 200, { 'content-length': part.length });
    response.flushHeaders();
    if (fault?.kind === 'silent') return;
    const end = fault?.kind === 'cut' ? Math.min(fault.after, part.length) : part.length;
    for (let at = 0; at < end && !response.destroyed; at += PIECE) {
      const piece = part.subarray(at, Math.min(at + PIECE, end));
      this.sent += piece.length;
      await new Promise<void>((resolve) => response.write(piece, () => resolve()));
      await this.inTime(piece.length);
    }
    if (fault?.kind === 'cut') response.destroy();
    else response.end();
  }

  private async inTime(bytes: number): Promise<void> {
    const { rate } = this.options;
    if (rate === undefined) return;
    this.spent += bytes;
    const due = this.begun + (1000 * this.spent) / rate;
    const wait = due - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
  }
}
