/**
 * What a server's refusal means, by its status and the text with it. Servers agree on statuses only in part; the words are
 * those of llama-server, Ollama, LM Studio, vLLM and `transformers serve`. Pure.
 */
import { EngineError } from '../../../engine/index.ts';
import { AppError, type AppErrorCode } from '../../protocol/errors.ts';

export interface Refusal {
  readonly status: number;
  /** The body, or the error in the middle of a stream. */
  readonly text: string;
  /** Host of the server. */
  readonly host: string;
}

const CONTEXT =
  /context[ _-]?(?:length|size|window)|maximum context|exceed_context|max_model_len|n_ctx|prompt is too long|input is too long|too many tokens|longer than the (?:maximum|model)/i;
/** `pinned to`: `transformers serve`, started with one model. */
const MODEL_WORD = /\bmodels?\b|\bpinned to\b/i;
const MODEL_GONE =
  /not[ _]found|does(?:n't| not) exist|no such|unknown|not loaded|not available|invalid model|isn't|is not a (?:valid|local)|no models? loaded|pinned to|could not (?:find|load)|can't load/i;
const KEY_WORD = /api[ _-]?key|unauthori[sz]ed|authenticat|bearer|access token|credential/i;
/** Characters of a server's own words that are shown. */
const SHOWN = 300;

/** The error of an answer that is no answer. */
export function refusalError({ status, text, host }: Refusal): AppError | EngineError {
  const said = messageOf(text);
  const facts = { who: host, message: said || 'the server refused the request', got: status };
  if (status !== 401 && CONTEXT.test(text))
    return new EngineError('prompt-too-long', {
      ...facts,
      message: said || 'the text is longer than the server takes',
    });
  return new AppError(codeOf(status, said || text), facts);
}

function codeOf(status: number, said: string): AppErrorCode {
  if (status === 401) return 'server-key';
  if (status === 403) return KEY_WORD.test(said) ? 'server-key' : 'server-refused';
  if (status === 429 || status === 503) return 'server-busy';
  const noModel = MODEL_WORD.test(said) && MODEL_GONE.test(said);
  if (noModel && status >= 400) return 'server-model';
  if (status === 404 || status === 405 || status === 415 || (status >= 300 && status < 400))
    return 'server-unlike';
  return 'server-failed';
}

/** The server's own sentence: `error.message`, `error`, `message` or `detail` of its JSON; of other text nothing. */
export function messageOf(text: string): string {
  try {
    const parsed: unknown = JSON.parse(text);
    const found = [
      field(field(parsed, 'error'), 'message'),
      field(parsed, 'error'),
      field(parsed, 'message'),
      field(parsed, 'detail'),
    ];
    const said = found.find((each) => typeof each === 'string' && each !== '');
    return typeof said === 'string' ? said.slice(0, SHOWN) : '';
  } catch {
    return '';
  }
}

/** Tokens of the context that a refusal names: llama-server's `n_ctx`, or the number in vLLM's sentence. */
export function statedContext(text: string): number | undefined {
  const named =
    /"n_ctx"\s*:\s*(\d+)|(?:maximum context length|context size|context length) (?:is|of)?\s*\(?(\d+)/i.exec(
      text,
    );
  const tokens = Number(named?.[1] ?? named?.[2]);
  return Number.isSafeInteger(tokens) && tokens > 0 ? tokens : undefined;
}

export const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
