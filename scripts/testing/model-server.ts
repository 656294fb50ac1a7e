/**
 * A model hub on 127.0.0.1 for tests: files with byte ranges, ETags and CORS, and every way in which a server may
 * make a download fail. It counts requests and sent bytes.
 *
 * Codes, headers, lists and redirects are a hub's: `x-error-code` says what is missing or withheld, `/api/models/…/tree`
 * lists files in pages, `/api/models/…/refs` branches and tags, and large files are redirected to signed addresses of a
 * host of their own, which takes no other authorization.
 * Source: responses of https://huggingface.co, and what huggingface_hub 2.4 reads of them (`hf_raise_for_status`,
 * `parse_ratelimit_headers`, `get_hf_file_metadata`, `paginate`).
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly file: string;
  /** First and last byte; undefined if the whole file was requested. */
  readonly range: readonly [number, number] | undefined;
  /** Number of requests so far, including this one. */
  readonly n: number;
  /** The path of the address, with its query. */
  readonly path: string;
  /** What the request carried as its authorization. */
  readonly authorization: string | undefined;
}

/** What goes wrong with one answer. */
export type Fault =
  | { readonly kind: 'status'; readonly status: number }
  /** Too many requests; the next window begins in so many seconds, which is said by `ratelimit` or by `retry-after`. */
  | { readonly kind: 'limited'; readonly seconds: number; readonly by: 'ratelimit' | 'retry-after' }
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
  /** Branches and tags; every revision exists when absent. */
  readonly refs?: readonly string[];
  /** `gated`: files only for {@link token}; `private`: the repository only; `disabled`: nobody. */
  readonly withheld?: 'gated' | 'private' | 'disabled';
  /** The access token that opens what is withheld; every other one is not valid. */
  readonly token?: string;
  /** A valid access token of an account without access. */
  readonly tokenWithoutAccess?: string;
  /** Large files (by name) are redirected to another origin, which has tags of its own. */
  readonly redirects?: RegExp;
  /** Small files are redirected to `/api/resolve-cache/…/COMMIT/…`, as they are since 2025. */
  readonly cached?: boolean;
  /** Entries in one page of a list. */
  readonly pageSize?: number;
}

/** What a hub says instead of an answer. */
interface Refusal {
  readonly status: number;
  readonly code?: string;
  readonly message: string;
}

/** What the hub lets a page read; not among it: `retry-after` and `ratelimit`. */
const EXPOSED =
  'X-Repo-Commit,X-Request-Id,X-Error-Code,X-Error-Message,X-Total-Count,ETag,Link,Accept-Ranges,Content-Range,X-Linked-Size,X-Linked-ETag,X-Xet-Hash';
const NO_COMMIT = '0'.repeat(40);
/** Stands for the signature in the address of a stored file. */
const signatureOf = (path: string): string => Buffer.from(`signed ${path}`).toString('hex');
const CACHED = /^\/api\/resolve-cache\/models\/([^/]+\/[^/]+)\//;

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
    const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
    const stored = url.pathname.startsWith('/stored/');
    const { origin = url.origin } = request.headers;
    response.setHeader('access-control-allow-origin', stored ? '*' : origin);
    if (!stored) response.setHeader('vary', 'Origin');
    response.setHeader('access-control-allow-headers', 'authorization, range');
    response.setHeader('access-control-expose-headers', stored ? '*' : EXPOSED);
    if (request.method === 'OPTIONS') return void response.writeHead(204).end();
    response.setHeader('x-request-id', `Root=1-${this.asked.length}`);
    const file = decodeURIComponent(url.pathname.split('/').pop() ?? '');
    const found = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    const range = found === null ? undefined : ([Number(found[1]), Number(found[2])] as const);
    const { authorization } = request.headers;
    const asked = { file, range, n: this.asked.length + 1, path: url.pathname + url.search, authorization };
    this.asked.push(asked);
    const fault = this.options.fault?.(asked);
    if (fault?.kind === 'status') return failed(response, fault.status);
    if (fault?.kind === 'limited') return limited(response, fault);
    if (fault?.kind === 'redirect') return void response.writeHead(302, { location: fault.to }).end();
    const refusal = stored ? refusalOfStore(url, authorization) : this.refusal(url, authorization);
    if (refusal !== undefined) return refuse(response, refusal);
    if (url.pathname.startsWith('/api/models/')) return this.sendList(url, response);
    const inCache = CACHED.test(url.pathname);
    const plain = url.pathname.replace(CACHED, '/$1/resolve/');
    const path = decodeURIComponent(plain.replace(/^.*?\/resolve\/[^/]+\/|^\/stored\//, ''));
    const content = this.files[path] ?? this.files[file];
    if (content === undefined) {
      response.setHeader('x-repo-commit', this.options.commit ?? NO_COMMIT);
      return refuse(response, { status: 404, code: 'EntryNotFound', message: 'Entry not found' });
    }
    if (!stored && this.options.redirects?.test(path) === true) return this.redirect(path, url, response);
    if (!stored && !inCache && this.options.cached === true) return this.toCache(path, response);
    await this.send(typeof content === 'string' ? Buffer.from(content) : content, asked, fault, response);
  }

  /** What a hub says to this request if it does not answer it. */
  private refusal(url: URL, authorization: string | undefined): Refusal | undefined {
    const { withheld, token, tokenWithoutAccess, refs } = this.options;
    const sent = authorization?.replace(/^Bearer /, '');
    if (sent !== undefined && sent !== token && sent !== tokenWithoutAccess) {
      return { status: 401, message: 'Invalid credentials in Authorization header' };
    }
    const opened = sent !== undefined && sent === token;
    const [, , id = '', kind, revision = ''] =
      /^\/(api\/models\/)?([^/]+\/[^/]+)\/(resolve|tree|refs)(?:\/([^/]+))?/.exec(
        url.pathname.replace(CACHED, '/$1/resolve/'),
      ) ?? [];
    if (id !== 'org/model' || (withheld === 'private' && !opened)) {
      return {
        status: sent === undefined ? 401 : 404,
        code: 'RepoNotFound',
        message: 'Repository not found',
      };
    }
    if (withheld === 'disabled') {
      // Known by its words alone.
      return { status: 403, message: 'Access to this resource is disabled.' };
    }
    const known = refs === undefined || /^[0-9a-f]{40}$/.test(revision);
    if (kind !== 'refs' && !known && !refs.includes(decodeURIComponent(revision))) {
      return { status: 404, code: 'RevisionNotFound', message: `Invalid rev id: ${revision}` };
    }
    // The list of files of a gated repository is public.
    if (withheld !== 'gated' || opened || kind !== 'resolve') return undefined;
    const message = `Access to model ${id} is restricted.`;
    return { status: sent === undefined ? 401 : 403, code: 'GatedRepo', message };
  }

  private sendList(url: URL, response: ServerResponse): void {
    const json = (value: unknown): void => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    };
    if (url.pathname.endsWith('/refs')) {
      const branches = (this.options.refs ?? ['main']).map((name) => ({ name, ref: `refs/heads/${name}` }));
      json({ branches, tags: [], converts: [] });
      return;
    }
    const folder = decodeURIComponent(url.pathname.replace(/^.*?\/tree\/[^/]+\/?/, ''));
    const recursive = url.searchParams.get('recursive') === 'true';
    const { hashes, pageSize = 1000 } = this.options;
    const inside = Object.entries(this.files).filter(
      ([path]) => folder === '' || path.startsWith(`${folder}/`),
    );
    const shown = inside.filter(
      ([path]) => recursive || !path.slice(folder === '' ? 0 : folder.length + 1).includes('/'),
    );
    const list = shown.map(([path, { length: size }]) => {
      const oid = hashes?.in === 'tree' ? hashes.of[path] : undefined;
      const entry = { type: 'file', oid: '0'.repeat(40), size, path };
      const large = { lfs: { oid, size, pointerSize: 135 }, xetHash: oid };
      return oid === undefined ? entry : { ...entry, ...large };
    });
    const folders = [...new Set(inside.map(([path]) => path.split('/').slice(0, -1).join('/')))];
    const directories = folders
      .filter(Boolean)
      .map((path) => ({ type: 'directory', oid: '', size: 0, path }));
    const all = [...directories, ...list];
    const from = Number(url.searchParams.get('cursor') ?? 0);
    if (from + pageSize < all.length) {
      url.searchParams.set('cursor', String(from + pageSize));
      response.setHeader('link', `<${url.href}>; rel="next"`);
    }
    json(all.slice(from, from + pageSize));
  }

  /** As a hub answers for a large file: its own tag and hash stand on the redirect, which a browser hides. */
  private redirect(path: string, url: URL, response: ServerResponse): void {
    const { hashes, commit = NO_COMMIT } = this.options;
    const hash = hashes?.of[path];
    if (hash !== undefined) {
      response.setHeader('x-linked-etag', `"${hash}"`);
      response.setHeader('x-xet-hash', hash);
      response.setHeader(
        'link',
        `<${url.origin}/api/models/org/model/xet-read-token/${commit}>; rel="xet-auth"`,
      );
    }
    response.setHeader('accept-ranges', 'bytes');
    response.setHeader('cache-control', 'no-cache');
    response.setHeader('x-linked-size', String(this.files[path]?.length ?? 0));
    response.setHeader('x-repo-commit', commit);
    const signed = new URL(`http://localhost:${url.port}/stored/${path}`);
    signed.searchParams.set('X-Amz-Expires', '3600');
    signed.searchParams.set('X-Amz-Signature', signatureOf(signed.pathname));
    signed.searchParams.set('response-content-disposition', `inline; filename="${path.split('/').pop()}";`);
    response.writeHead(302, { location: signed.href }).end();
  }

  private toCache(path: string, response: ServerResponse): void {
    const { commit = NO_COMMIT } = this.options;
    response.setHeader('x-repo-commit', commit);
    const file = path.split('/').map(encodeURIComponent).join('/');
    response
      .writeHead(307, { location: `/api/resolve-cache/models/org/model/${commit}/${file}?etag=%221%22` })
      .end();
  }

  private async send(
    content: Uint8Array,
    { file, range }: Pick<Asked, 'file' | 'range'>,
    fault: Fault | undefined,
    response: ServerResponse,
  ): Promise<void> {
    const { ranges = true, etag = '"1"', commit, hashes } = this.options;
    const linked = hashes?.in === 'header' ? hashes.of[file] : undefined;
    if (linked !== undefined) response.setHeader('x-linked-etag', `"${linked}"`);
    if (etag !== null) response.setHeader('etag', etag);
    if (commit !== undefined) response.setHeader('x-repo-commit', commit);
    if (ranges) response.setHeader('accept-ranges', 'bytes');
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

/** As an object store refuses: without codes of the hub, in XML. */
function refusalOfStore(url: URL, authorization: string | undefined): Refusal | undefined {
  if (authorization !== undefined) return { status: 400, message: 'Only one auth mechanism allowed' };
  const signed = url.searchParams.get('X-Amz-Signature') === signatureOf(url.pathname);
  return signed ? undefined : { status: 403, message: 'SignatureDoesNotMatch' };
}

function failed(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-type': 'text/html' }).end(`<h1>${status}</h1>`);
}

function limited(response: ServerResponse, { seconds, by }: Extract<Fault, { kind: 'limited' }>): void {
  if (by === 'retry-after') response.setHeader('retry-after', String(seconds));
  else {
    response.setHeader('ratelimit', `"resolvers";r=0;t=${seconds}`);
    response.setHeader('ratelimit-policy', '"fixed window";"resolvers";q=3000;w=300');
  }
  refuse(response, { status: 429, message: 'We had to rate limit your IP.' });
}

function refuse(response: ServerResponse, { status, code, message }: Refusal): void {
  if (code !== undefined) response.setHeader('x-error-code', code);
  response.setHeader('x-error-message', message);
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error: message }));
}
