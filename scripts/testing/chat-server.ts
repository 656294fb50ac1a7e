/**
 * A server with the OpenAI-compatible chat interface on 127.0.0.1 for tests, in the dialects of the real ones. Codes,
 * headers, order and form of the chunks are those of llama-server (llama.cpp b0 through xllamacpp) and `transformers serve`
 * (5.24), recorded from both; those of Ollama, vLLM and LM Studio follow their documentation and reports of users.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Dialect = 'llama-server' | 'transformers' | 'ollama' | 'vllm' | 'lm-studio';

/** A request for an answer, as it came. */
export interface ChatAsked {
  readonly body: {
    readonly model: string;
    readonly messages: readonly { readonly role: string; readonly content: string }[];
    readonly max_tokens?: number;
    readonly temperature?: number;
    readonly [more: string]: unknown;
  };
  readonly authorization: string | undefined;
  readonly origin: string | undefined;
}

export type ChatFault =
  | { readonly kind: 'status'; readonly status: number; readonly body: string; readonly type?: string }
  | { readonly kind: 'redirect'; readonly to: string }
  /** The connection breaks after so many pieces. */
  | { readonly kind: 'cut'; readonly after: number }
  /** An error in the stream after so many pieces. */
  | { readonly kind: 'error'; readonly after: number }
  /** Nothing more is sent after so many pieces. */
  | { readonly kind: 'silent'; readonly after: number };

export interface ChatServerOptions {
  readonly dialect?: Dialect;
  /** Ids of its models. */
  readonly models?: readonly string[];
  /** Tokens, which some dialects state. */
  readonly context?: number;
  /** The key that it asks for. */
  readonly key?: string;
  /** Other origins may read its answers; the dialects' default where absent. */
  readonly cors?: boolean;
  /** Refuses other origins than its own with 403, as Ollama does. */
  readonly refusesOrigins?: boolean;
  /** The pieces of an answer. */
  readonly answer?: (asked: ChatAsked) => readonly string[];
  /** Pieces of a thought before it. */
  readonly thoughts?: readonly string[];
  readonly fault?: (asked: ChatAsked) => ChatFault | undefined;
  /** Goes on beyond the limit of tokens that it was given. */
  readonly endless?: boolean;
  /** Milliseconds between the first chunk, which has a role alone, and the first piece. */
  readonly before?: number;
  /** Milliseconds between pieces. */
  readonly pause?: number;
}

export class ChatServer {
  options: ChatServerOptions;
  readonly asked: ChatAsked[] = [];
  /** Paths of all requests. */
  readonly paths: string[] = [];
  /** Answers that the other side ended. */
  ended = 0;
  private readonly server: Server;

  constructor(options: ChatServerOptions = {}) {
    this.options = options;
    this.server = createServer((request, response) => void this.handle(request, response));
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get host(): string {
    return new URL(this.url).host;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private get models(): readonly string[] {
    return this.options.models ?? ['big-model-7b'];
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { dialect = 'llama-server', cors, key, refusesOrigins } = this.options;
    const { origin, authorization } = request.headers;
    const path = request.url ?? '';
    this.paths.push(`${request.method} ${path}`);
    if (cors ?? (dialect === 'llama-server' || dialect === 'vllm'))
      response.setHeader('Access-Control-Allow-Origin', origin ?? '*');
    if (refusesOrigins === true && origin !== undefined) return send(response, 403, '');
    if (request.method === 'OPTIONS') {
      // Without these headers a browser refuses what it asked for.
      response.setHeader('Access-Control-Allow-Headers', '*');
      return send(response, 204, '');
    }
    if (key !== undefined && authorization !== `Bearer ${key}`)
      return send(response, 401, UNAUTHORISED[dialect]);
    if (path === '/v1/models') return send(response, 200, JSON.stringify(this.list(dialect)));
    if (path !== '/v1/chat/completions')
      return send(
        response,
        404,
        '{"error":{"message":"File Not Found","type":"not_found_error","code":404}}',
      );
    const body = JSON.parse(await textOf(request)) as ChatAsked['body'];
    const asked: ChatAsked = { body, authorization, origin };
    this.asked.push(asked);
    const unknown = FIELDS[dialect];
    const unexpected = Object.keys(body).filter((name) => unknown?.includes(name));
    if (unexpected.length > 0)
      return send(
        response,
        422,
        JSON.stringify({ detail: `Unexpected fields in the request: {'${unexpected.join("', '")}'}` }),
      );
    if (!this.models.includes(body.model)) {
      const refusal = NO_MODEL[dialect](body.model);
      if (refusal !== undefined) return send(response, refusal[0], refusal[1]);
    }
    const fault = this.options.fault?.(asked);
    if (fault?.kind === 'status') return send(response, fault.status, fault.body, fault.type);
    if (fault?.kind === 'redirect') {
      response.setHeader('location', fault.to);
      return send(response, 307, '');
    }
    await this.stream(asked, dialect, response, fault);
  }

  private list(dialect: Dialect): object {
    const { context } = this.options;
    const data = this.models.map((id) => ({
      id,
      object: 'model',
      created: 1796026371,
      owned_by: OWNERS[dialect],
      ...(dialect === 'llama-server' && context !== undefined
        ? { meta: { n_ctx: context, n_ctx_train: 8192 } }
        : {}),
      ...(dialect === 'vllm' && context !== undefined ? { max_model_len: context } : {}),
    }));
    // Ollama writes null where it has none.
    return { object: 'list', data: dialect === 'ollama' && data.length === 0 ? null : data };
  }

  private async stream(
    asked: ChatAsked,
    dialect: Dialect,
    response: ServerResponse,
    fault: ChatFault | undefined,
  ): Promise<void> {
    const { thoughts = [], pause = 0 } = this.options;
    const pieces = this.options.answer?.(asked) ?? ['Hello', ' there', '.'];
    const limit = this.options.endless === true ? undefined : asked.body.max_tokens;
    const most = limit ?? Number.POSITIVE_INFINITY;
    let open = true;
    response.on('close', () => {
      if (!response.writableFinished) this.ended++;
      open = false;
    });
    response.writeHead(200, {
      'content-type': dialect === 'llama-server' ? 'text/event-stream' : 'text/event-stream; charset=utf-8',
    });
    const write = (text: string) => void response.write(text);
    const chunk = (choice: object, more: object = {}) =>
      write(
        `data: ${JSON.stringify({ choices: [{ index: 0, ...choice }], created: 1796026397, id: 'chatcmpl-1', model: asked.body.model, object: 'chat.completion.chunk', ...more })}\n\n`,
      );
    const delta = (content: object) =>
      chunk(dialect === 'transformers' ? { delta: content } : { finish_reason: null, delta: content });
    if (dialect === 'llama-server') delta({ role: 'assistant', content: null });
    if (dialect === 'transformers') delta({ role: 'assistant' });
    if (dialect === 'vllm' || dialect === 'lm-studio') delta({ role: 'assistant', content: '' });
    const { before = 0 } = this.options;
    if (before > 0) await new Promise((resolve) => setTimeout(resolve, before));
    const field = dialect === 'ollama' ? 'reasoning' : 'reasoning_content';
    for (const thought of thoughts)
      delta({ ...(dialect === 'ollama' ? { role: 'assistant', content: '' } : {}), [field]: thought });
    let sent = 0;
    for (const piece of pieces.slice(0, most)) {
      if (!open) return;
      if (fault !== undefined && 'after' in fault && sent === fault.after)
        return this.fail(fault, dialect, response, write);
      delta(dialect === 'ollama' ? { role: 'assistant', content: piece } : { content: piece });
      // llama-server keeps connections open by comments.
      if (dialect === 'llama-server' && sent === 1) write(':\n\n');
      sent++;
      if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
    }
    const reason = pieces.length > most ? 'length' : 'stop';
    const usage = { prompt_tokens: 30, completion_tokens: sent, total_tokens: 30 + sent };
    if (dialect === 'transformers') chunk({ delta: {}, finish_reason: reason }, { usage });
    else
      chunk(
        { finish_reason: reason, delta: {} },
        dialect === 'llama-server' ? { timings: { prompt_n: 30, predicted_n: sent } } : {},
      );
    if (dialect === 'vllm')
      write(
        `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', choices: [], usage })}\n\n`,
      );
    // `transformers serve` ends without it.
    if (dialect !== 'transformers') write('data: [DONE]\n\n');
    response.end();
  }

  private fail(
    fault: ChatFault,
    dialect: Dialect,
    response: ServerResponse,
    write: (text: string) => void,
  ): void {
    if (fault.kind === 'cut') response.destroy();
    if (fault.kind !== 'error') return;
    const error = { message: 'out of memory', type: 'server_error', code: 500 };
    write(
      dialect === 'llama-server'
        ? `error: ${JSON.stringify(error)}\n\n`
        : `data: ${JSON.stringify({ error })}\n\n`,
    );
    response.end();
  }
}

const OWNERS: Readonly<Record<Dialect, string>> = {
  'llama-server': 'llamacpp',
  transformers: 'local',
  ollama: 'library',
  vllm: 'vllm',
  'lm-studio': 'organization_owner',
};

const UNAUTHORISED: Readonly<Record<Dialect, string>> = {
  'llama-server': '{"error":{"message":"Invalid API Key","type":"authentication_error","code":401}}',
  transformers: '{"detail":"Unauthorized"}',
  ollama: '{"error":"unauthorized"}',
  vllm: '{"error":"Unauthorized"}',
  'lm-studio': '{"error":"Unauthorized"}',
};

/** llama-server answers with the model that it has. */
const NO_MODEL: Readonly<Record<Dialect, (model: string) => readonly [number, string] | undefined>> = {
  'llama-server': () => undefined,
  transformers: (model) => [
    400,
    JSON.stringify({ detail: `Server is pinned to 'one'; requested '${model}'.` }),
  ],
  ollama: (model) => [
    404,
    JSON.stringify({
      error: { message: `model '${model}' not found`, type: 'not_found_error', param: null, code: null },
    }),
  ],
  vllm: (model) => [
    404,
    JSON.stringify({
      error: {
        message: `The model \`${model}\` does not exist.`,
        type: 'NotFoundError',
        param: 'model',
        code: 404,
      },
    }),
  ],
  'lm-studio': (model) => [
    404,
    JSON.stringify({
      error: { message: `Model "${model}" not found. No models loaded.`, type: 'invalid_request_error' },
    }),
  ],
};

/** Fields that a dialect refuses. */
const FIELDS: Readonly<Partial<Record<Dialect, readonly string[]>>> = {
  transformers: ['stream_options', 'continue_final_message', 'add_generation_prompt', 'top_k', 'n'],
};

function send(
  response: ServerResponse,
  status: number,
  body: string,
  type = 'application/json; charset=utf-8',
): void {
  response.writeHead(status, { 'content-type': type });
  response.end(body);
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}
