/**
 * A web server on 127.0.0.1 for stories: folders and single pages, with byte ranges as model hubs have them.
 * It records requests, so that a story can prove which ones were not made.
 */
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
};

export class Site {
  /** `GET /path` of every request so far, oldest first. */
  readonly requests: string[] = [];
  private readonly pages = new Map<string, string>();
  private readonly folders: { prefix: string; folder: string }[] = [];
  private readonly server: Server = createServer((request, response) => this.answer(request, response));
  private readonly headers: Readonly<Record<string, string>>;

  /** `headers` are sent with every answer. */
  constructor(headers: Readonly<Record<string, string>> = {}) {
    this.headers = headers;
  }

  async listen(): Promise<void> {
    await new Promise<void>((done) => this.server.listen(0, '127.0.0.1', done));
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  /** `http://127.0.0.1:PORT` + path. */
  url(path = '/'): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${path}`;
  }

  /** Serves one page; returns its address. */
  page(path: string, html: string): string {
    this.pages.set(path, html);
    return this.url(path);
  }

  /** Serves a folder's files under a prefix such as `/models`; returns its address. */
  folder(prefix: string, folder: string): string {
    this.folders.push({ prefix, folder });
    return this.url(prefix);
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://local').pathname);
    this.requests.push(`${request.method} ${path}`);
    response.setHeader('access-control-allow-origin', '*');
    for (const [name, value] of Object.entries(this.headers)) response.setHeader(name, value);
    const page = this.pages.get(path);
    if (page !== undefined) {
      response.setHeader('content-type', types['.html']!);
      response.end(page);
      return;
    }
    const file = this.fileOf(path);
    if (file === undefined) {
      response.statusCode = 404;
      response.end('not here');
    } else {
      sendFile(request, response, file);
    }
  }

  private fileOf(path: string): string | undefined {
    for (const { prefix, folder } of this.folders) {
      if (!path.startsWith(prefix)) continue;
      const inside = normalize(path.slice(prefix.length)).replace(/^[\\/]+/, '');
      const file = join(folder, inside);
      if (!inside.startsWith('..') && existsSync(file) && statSync(file).isFile()) return file;
    }
    return undefined;
  }
}

function sendFile(request: IncomingMessage, response: ServerResponse, file: string): void {
  const { size } = statSync(file);
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  response.setHeader('content-type', types[extname(file)] ?? 'application/octet-stream');
  response.setHeader('accept-ranges', 'bytes');
  const start = range === null ? 0 : Number(range[1]);
  const end = range?.[2] ? Math.min(Number(range[2]), size - 1) : size - 1;
  if (range !== null && start >= size) {
    response.writeHead(416, { 'content-range': `bytes */${size}` }).end();
    return;
  }
  response.setHeader('content-length', size === 0 ? 0 : end - start + 1);
  if (range !== null) response.setHeader('content-range', `bytes ${start}-${end}/${size}`);
  response.statusCode = range === null ? 200 : 206;
  if (request.method === 'HEAD' || size === 0) response.end();
  else createReadStream(file, { start, end }).pipe(response);
}

/** A plain article, for stories that need no particular page. */
export function article(title: string, paragraphs: readonly string[], language = 'en'): string {
  const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const body = paragraphs.map((text) => `<p>${escaped(text)}</p>`).join('\n');
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><title>${escaped(title)}</title></head>
<body><main><article><h1>${escaped(title)}</h1>\n${body}</article></main></body></html>`;
}

/** The text of a file beside the checkout, for {@link Site.page}. */
export const readPage = (file: string): string => readFileSync(file, 'utf8');
