/**
 * Reads the stream of a chat completion: server-sent events with one chunk each, or one JSON object of a server that does
 * not stream. Dialects that are read, each from answers of the real server or its documentation:
 *
 * - the first delta has a role and no content (null or empty);
 * - thoughts in `reasoning_content` (llama-server, vLLM, LM Studio) or `reasoning` (Ollama, vLLM);
 * - comments that keep the connection open; a last chunk with `usage` and no choice; `timings` of llama-server;
 * - an error in the middle: a chunk with `error`, or a line `error: {…}` (llama-server);
 * - the end: `finish_reason`, then `[DONE]`, of which one may be missing.
 */
import { AppError } from '../../protocol/errors.ts';
import { type Answered, textOf } from './connection.ts';
import { field, refusalError } from './refusals.ts';
import { sentEvents } from './sse.ts';

export type ChatPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'thought' }
  /** `length`: the limit of tokens ended it. */
  | { readonly kind: 'end'; readonly reason: 'end' | 'length' }
  /** Tokens of the prompt, as the server counted them. */
  | { readonly kind: 'usage'; readonly prompt: number };

/** Characters of an answer that comes as a whole. */
const WHOLE = 8_000_000;

/** `host`: of the server, for errors. Throws `server-unlike`, `server-cut`, and what the server's own errors mean. */
export async function* chatParts({ type, bytes, begun }: Answered, host: string): AsyncIterable<ChatPart> {
  if (!/event-stream/i.test(type)) {
    yield* wholeAnswer(await textOf(bytes, WHOLE), host);
    return;
  }
  let ended = false;
  for await (const { name, data } of sentEvents(bytes)) {
    if (data.trim() === '[DONE]') return;
    const chunk = parsed(data);
    const error = field(chunk, 'error') ?? (name === 'error' ? (chunk ?? data) : undefined);
    if (error !== undefined && error !== null) throw inStream(error, host);
    if (chunk === undefined) unlike(host, 'the stream has something else than chunks of an answer');
    for (const part of partsOf(chunk)) {
      if (part.kind === 'end') ended = true;
      else if (part.kind !== 'usage') begun();
      yield part;
    }
  }
  if (!ended) throw new AppError('server-cut', { who: host, message: 'the stream ended within the answer' });
}

/** The answer of a server that does not stream. */
function* wholeAnswer(text: string, host: string): Iterable<ChatPart> {
  const answer = parsed(text);
  const error = field(answer, 'error');
  if (error !== undefined && error !== null) throw inStream(error, host);
  const choice = firstOf(field(answer, 'choices'));
  const message = field(choice, 'message');
  if (message === undefined) unlike(host, 'the answer is none of a chat');
  yield* deltaParts(message);
  yield { kind: 'end', reason: reasonOf(field(choice, 'finish_reason')) ?? 'end' };
  yield* usageParts(answer);
}

function* partsOf(chunk: unknown): Iterable<ChatPart> {
  const choice = firstOf(field(chunk, 'choices'));
  yield* deltaParts(field(choice, 'delta') ?? field(choice, 'message'));
  const reason = reasonOf(field(choice, 'finish_reason'));
  if (reason !== undefined) yield { kind: 'end', reason };
  yield* usageParts(chunk);
}

function* deltaParts(delta: unknown): Iterable<ChatPart> {
  const thought = field(delta, 'reasoning_content') ?? field(delta, 'reasoning');
  if (typeof thought === 'string' && thought !== '') yield { kind: 'thought' };
  const text = field(delta, 'content');
  if (typeof text === 'string' && text !== '') yield { kind: 'text', text };
}

function* usageParts(chunk: unknown): Iterable<ChatPart> {
  const prompt = field(field(chunk, 'usage'), 'prompt_tokens');
  if (typeof prompt === 'number' && Number.isSafeInteger(prompt) && prompt > 0)
    yield { kind: 'usage', prompt };
}

function reasonOf(reason: unknown): 'end' | 'length' | undefined {
  if (typeof reason !== 'string' || reason === '') return undefined;
  return reason === 'length' || reason === 'max_tokens' ? 'length' : 'end';
}

const firstOf = (list: unknown): unknown => (Array.isArray(list) ? list[0] : undefined);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The error object as if it were the body of a refusal. */
function inStream(error: unknown, host: string): Error {
  const code = Number(field(error, 'code'));
  const status = Number.isInteger(code) && code >= 400 && code < 600 ? code : 500;
  return refusalError({ status, text: JSON.stringify({ error }), host });
}

function unlike(host: string, message: string): never {
  throw new AppError('server-unlike', { who: host, message });
}
