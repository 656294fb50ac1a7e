/**
 * A model of a person's own server, as jobs ask it. The messages are those that a model on this device gets. Tokens can be
 * neither chosen nor counted from here: an answer is ended by its text (`AnswerHooks.ends`), and counts are estimates.
 *
 * A beginning of the answer goes as a last turn of the assistant, which llama-server, Ollama and LM Studio continue; vLLM
 * needs two fields for that. `transformers serve` refuses fields that it does not know, so they are left out on a second
 * try. What a server writes again of the beginning is dropped.
 */
import {
  type ChatMessage,
  fail,
  type GenerateEvent,
  type GenerateRequest,
  type Prompt,
} from '../../../engine/index.ts';
import type { EngineError } from '../../../engine/index.ts';
import type { AppError } from '../../protocol/errors.ts';
import type { ModelAnswer, Answerer, AnswerHooks, AnswererFacts } from '../answerer/answerer.ts';
import { chatParts } from './chat-stream.ts';
import type { ServerConnection } from './connection.ts';
import { withoutControl } from './control-text.ts';
import { estimatedTokens } from './estimate.ts';
import { ThoughtSplitter } from './thoughts.ts';

/** Tokens of a turn beyond its text, and of what a template writes besides, such as a system turn of its own. */
const TURN = 8;
const TEMPLATE = 48;
/** Most tokens that thoughts may have beyond the answer, as on this device. */
const THOUGHTS = 2048;

export interface ServerAnswererOptions {
  readonly connection: ServerConnection;
  readonly model: string;
  /** Tokens of prompt and answer together. */
  readonly capacity: number;
  /** By how much estimates are multiplied: 1, or more once the server counted more. */
  readonly scale: number;
  key(): Promise<string | undefined>;
  /** The model thinks before it answers, as far as is known. */
  readonly thinks: boolean;
  /** The model was found to think. */
  thought?(): void;
  /** The server counted `tokens` where `estimated` were expected. */
  counted?(tokens: number, estimated: number): void;
  /** A request was refused; for what the refusal says of the context. */
  refused?(error: unknown): void;
  now?(): number;
}

export class ServerAnswerer implements Answerer {
  readonly facts: AnswererFacts;
  private readonly options: ServerAnswererOptions;

  constructor(options: ServerAnswererOptions) {
    const { connection, model, capacity } = options;
    this.options = options;
    const { host } = connection.address;
    this.facts = {
      model: { id: `server ${host} ${model}`, name: model, family: '', hasChatTemplate: true },
      capacity,
      thinks: false,
      unbegun: true,
      server: host,
    };
  }

  countTokens(prompt: Prompt): number {
    const { scale } = this.options;
    if (prompt.kind === 'text') return Math.ceil(estimatedTokens(prompt.text) * scale);
    const texts = [...prompt.messages.map(({ content }) => content), prompt.begun ?? ''];
    const text = texts.reduce((sum, each) => sum + estimatedTokens(each), 0);
    return Math.ceil(text * scale) + TEMPLATE + TURN * prompt.messages.length;
  }

  async generate(request: GenerateRequest, hooks: AnswerHooks = {}): Promise<ModelAnswer> {
    const { thinks, thought } = this.options;
    const answer = await this.attempt(request, hooks, thinks);
    if (answer.thoughtTokens > 0) thought?.();
    const onlyThought = answer.text === '' && answer.thoughtTokens > 0 && answer.stop === 'length';
    // Room for thoughts is asked for only where there are some: not every server stops when a connection ends.
    return onlyThought && !thinks ? this.attempt(request, hooks, true) : answer;
  }

  private async attempt(request: GenerateRequest, hooks: AnswerHooks, thinks: boolean): Promise<ModelAnswer> {
    const writing = new Writing(request, hooks, this.options.now ?? (() => performance.now()));
    const stop = new AbortController();
    const outer = () => stop.abort();
    if (hooks.signal?.aborted === true) stop.abort();
    hooks.signal?.addEventListener('abort', outer, { once: true });
    try {
      if (!stop.signal.aborted) await this.stream(request, writing, thinks, stop.signal);
    } catch (error) {
      // A cancellation is no error, and what was written stays.
      if (hooks.signal?.aborted !== true) {
        this.options.refused?.(error);
        throw error;
      }
    } finally {
      hooks.signal?.removeEventListener('abort', outer);
      // Also an answer that has come to its end here: the server need not go on.
      stop.abort();
    }
    return writing.result(hooks.signal?.aborted === true);
  }

  private async stream(
    request: GenerateRequest,
    writing: Writing,
    thinks: boolean,
    signal: AbortSignal,
  ): Promise<void> {
    const { host } = this.options.connection.address;
    const estimated = this.countTokens(request.prompt);
    const parts = await this.ask(request, estimated, thinks, signal);
    for await (const part of chatParts(parts, host)) {
      if (part.kind === 'usage') this.options.counted?.(part.prompt, estimated);
      else if (writing.take(part)) return;
    }
    writing.end();
  }

  private async ask(
    { prompt, maxTokens, sampling = {} }: GenerateRequest,
    estimated: number,
    thinks: boolean,
    signal: AbortSignal,
  ) {
    const { connection, model, capacity, key } = this.options;
    if (prompt.kind === 'text')
      return fail('request-invalid', { who: 'server', message: 'a server takes messages only' });
    const { messages, begun = '' } = prompt;
    const room = Math.max(maxTokens, capacity - estimated);
    const { temperature = 0, topP, seed } = sampling;
    const body = {
      model,
      messages:
        begun === '' ? messages.map(sent) : [...messages.map(sent), { role: 'assistant', content: begun }],
      stream: true,
      max_tokens: Math.min(maxTokens + (thinks ? THOUGHTS : 0), room),
      temperature,
      ...(topP === undefined ? {} : { top_p: topP }),
      ...(seed === undefined ? {} : { seed }),
    };
    const post = async (more: object) =>
      connection.ask({ path: 'chat/completions', body: { ...body, ...more }, key: await key(), signal });
    if (begun === '') return post({});
    return post({ continue_final_message: true, add_generation_prompt: false }).catch(
      (error: AppError | EngineError) => {
        if (error.code === 'server-failed') return post({});
        throw error;
      },
    );
  }
}

const sent = ({ role, content }: ChatMessage): ChatMessage => ({ role, content: withoutControl(content) });

/** An answer as it comes. */
class Writing {
  private readonly request: GenerateRequest;
  private readonly hooks: AnswerHooks;
  private readonly now: () => number;
  private readonly splitter: ThoughtSplitter;
  private readonly startedAt: number;
  private firstAt: number | undefined;
  private text = '';
  /** What may be the beginning again. */
  private repeated: string | undefined;
  private tokens = 0;
  private thoughts = 0;
  private stop: ModelAnswer['stop'] = 'end';

  constructor(request: GenerateRequest, hooks: AnswerHooks, now: () => number) {
    this.request = request;
    this.hooks = hooks;
    this.now = now;
    this.startedAt = now();
    const { prompt } = request;
    const continues = prompt.kind === 'messages' && (prompt.begun ?? '').trim() !== '';
    if (continues) this.repeated = '';
    this.splitter = new ThoughtSplitter(continues);
  }

  /** Takes a part; true if the answer has come to its end. */
  take(
    part:
      | { readonly kind: 'text'; readonly text: string }
      | { readonly kind: 'thought' }
      | { readonly kind: 'end'; readonly reason: 'end' | 'length' },
  ): boolean {
    if (part.kind === 'end') {
      this.stop = part.reason;
      return false;
    }
    this.firstAt ??= this.now();
    this.tokens++;
    if (part.kind === 'thought') return this.thought();
    const split = this.splitter.take(part.text);
    if (split.thinking) return this.thought();
    if (split.restart === true) {
      this.thoughts = this.tokens - 1;
      this.cutTo(0);
    }
    return this.add(split.text);
  }

  /** The stream has ended. */
  end(): void {
    if (this.add(this.splitter.end())) return;
    if (this.repeated !== undefined && this.repeated !== '') {
      const rest = this.repeated;
      this.repeated = undefined;
      this.add(rest);
    }
    const end = this.hooks.ends?.(`${this.text}\n`);
    if (end !== undefined && end < this.text.length) this.cutTo(end);
  }

  result(cancelled: boolean): ModelAnswer {
    const { tokens, thoughts, text } = this;
    const decodeMs = this.firstAt === undefined ? 0 : this.now() - this.firstAt;
    const readMs = (this.firstAt ?? this.now()) - this.startedAt;
    return {
      // One for each piece of text; a server's ids are not known.
      ids: Array.from({ length: tokens }, (_, i) => i),
      thoughtTokens: thoughts,
      text,
      stop: cancelled ? 'cancelled' : this.stop,
      timings: {
        prefillTokensPerSecond: 0,
        decodeTokensPerSecond: tokens > 1 && decodeMs > 0 ? ((tokens - 1) * 1000) / decodeMs : 0,
        timeToFirstTokenMs: readMs,
      },
    };
  }

  private thought(): boolean {
    this.thoughts++;
    this.emit({ kind: 'token', id: this.tokens, text: '', thinking: true });
    return false;
  }

  private add(piece: string): boolean {
    const text = this.withoutRepeated(piece);
    if (text === '') return false;
    this.text += text;
    this.emit({ kind: 'token', id: this.tokens, text });
    const end = this.hooks.ends?.(this.text);
    if (end !== undefined) {
      this.cutTo(end);
      this.stop = 'guide';
      return true;
    }
    if (this.tokens - this.thoughts < this.request.maxTokens) return false;
    this.stop = 'length';
    return true;
  }

  /** Holds text back while it says the beginning again. */
  private withoutRepeated(piece: string): string {
    if (this.repeated === undefined) return piece;
    const { prompt } = this.request;
    const begun = prompt.kind === 'messages' ? (prompt.begun ?? '').trim() : '';
    this.repeated += piece;
    const start = this.repeated.trimStart();
    if (begun.startsWith(start)) return '';
    const text = start.startsWith(begun) ? start.slice(begun.length) : this.repeated;
    this.repeated = undefined;
    return text;
  }

  private cutTo(length: number): void {
    if (length >= this.text.length) return;
    this.text = this.text.slice(0, length);
    this.emit({ kind: 'rewind', length });
  }

  private emit(event: GenerateEvent): void {
    this.hooks.onEvent?.(event);
  }
}
