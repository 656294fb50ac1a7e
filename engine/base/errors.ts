/**
 * The errors of the engine: a stable code, and facts. A failure that a person may meet says who failed, what was
 * expected, what was found, and where, in one sentence. Advice and translations belong to the caller, who looks them
 * up by the code: a `Record<EngineErrorCode, string>` makes the compiler list the codes without a text.
 *
 * Broken assumptions inside the code are checked by {@link invariant}.
 */

export const ENGINE_ERROR_CODES = [
  /** No WebGPU, no adapter, or no device. */
  'gpu-unavailable',
  /** The adapter has too little memory, or a limit that is too low. */
  'gpu-limit',
  /** The device was lost, for instance after a reset of the driver. */
  'gpu-lost',
  /** The adapter refused a program or an object: a fault of the engine. */
  'gpu-program',
  'source-missing',
  /** There is no model in the files. */
  'source-unknown',
  /** There are several models where one is expected. */
  'source-several',
  /** A file or the network failed; a second try may succeed. */
  'source-read',
  /** The server does not deliver the file, for instance without a login. */
  'source-refused',
  /** A hub's model that is given only to people who asked for it. */
  'source-gated',
  /** A hub has no such repository or revision, or it is private. */
  'source-not-found',
  /** A hub does not accept the access token. */
  'source-token',
  /** The policy of this program does not allow connections to the server. */
  'source-forbidden',
  'source-cancelled',
  'import-paused',
  'checkpoint-damaged',
  /** The files of a checkpoint do not belong together. */
  'checkpoint-mismatch',
  /** The model's architecture or one of its settings is not supported. */
  'model-unknown',
  /** A file of a model demands more bytes, steps or output than any known model needs. */
  'model-limit',
  'tokenizer-damaged',
  'template-failed',
  'store-damaged',
  'store-missing',
  'store-full',
  /** A saved prefix of the cache does not fit this model, or is damaged. */
  'prefix-unusable',
  'prompt-too-long',
  'request-invalid',
  'request-aborted',
  /** The model computed NaN or infinity: its weights are damaged, or a number exceeds the type of activations. */
  'numbers-broken',
  /** A fault of the engine. */
  'internal',
] as const;

export type EngineErrorCode = (typeof ENGINE_ERROR_CODES)[number];

export interface ErrorFacts {
  /** Who noticed: a file, tensor, kernel or part, e.g. `model.safetensors` or `rmsnorm`. */
  who: string;
  /** One sentence for a person, without the facts below. */
  message: string;
  expected?: string | number | undefined;
  got?: string | number | undefined;
  /** Where inside `who`: a tensor, a byte, a line. */
  where?: string | undefined;
  cause?: unknown;
}

/** An error with a code and facts; a program that uses the engine may extend it with codes of its own. */
export class CodedError<Code extends string = string> extends Error {
  override readonly name: string = 'CodedError';
  readonly code: Code;
  readonly who: string;
  readonly summary: string;
  readonly expected: string | undefined;
  readonly got: string | undefined;
  readonly where: string | undefined;

  constructor(code: Code, facts: ErrorFacts) {
    super(sentence(facts), facts.cause === undefined ? undefined : { cause: facts.cause });
    this.code = code;
    this.who = facts.who;
    this.summary = facts.message;
    this.expected = facts.expected === undefined ? undefined : String(facts.expected);
    this.got = facts.got === undefined ? undefined : String(facts.got);
    this.where = facts.where;
  }
}

/** Every error that the engine throws on purpose. */
export class EngineError extends CodedError<EngineErrorCode> {
  override readonly name = 'EngineError';
}

function sentence(f: ErrorFacts): string {
  const place = f.where === undefined ? f.who : `${f.who}, ${f.where}`;
  const facts = [
    f.expected === undefined ? '' : `expected ${f.expected}`,
    f.got === undefined ? '' : `got ${f.got}`,
  ].filter((s) => s !== '');
  return `${place}: ${f.message}${facts.length > 0 ? ` (${facts.join(', ')})` : ''}`;
}

/** Throws an {@link EngineError}; usable as an expression: `map.get(x) ?? fail(…)`. */
export function fail(code: EngineErrorCode, facts: ErrorFacts): never {
  throw new EngineError(code, facts);
}

/** Checks an assumption of the code. Throws code `internal`; never use it for input from outside. */
export function invariant(condition: unknown, who: string, message: string): asserts condition {
  if (!condition) fail('internal', { who, message });
}

/** Whether a request ended because it was stopped, not because it failed. */
export function isAborted(error: unknown): boolean {
  return error instanceof EngineError && error.code === 'request-aborted';
}

/** Throws code `request-aborted` once the signal has fired. */
export function throwIfAborted(signal: AbortSignal | undefined, who: string): void {
  if (signal?.aborted === true) fail('request-aborted', { who, message: 'stopped on request' });
}
