/**
 * The one error class of Linnet. Every failure that a person may meet says who failed, what was
 * expected, what was there instead, and where; its code survives every message boundary
 * ({@link toWire}, {@link fromWire}), so a page can translate it and offer the next step.
 *
 * Not for broken promises inside the code: those are {@link invariant}.
 */

/** Every code, with the next step a person can take. Adding one here is all it needs. */
export const NEXT_STEP = {
  'gpu-unavailable':
    'Use a browser with WebGPU (Chrome or Edge 121 or newer) and switch graphics acceleration on in its settings.',
  'gpu-limit': 'Choose a smaller model, or a device whose GPU allows larger buffers.',
  'gpu-lost': 'Try again; the model is loaded anew. If it happens often, choose a smaller model.',
  'gpu-program': 'Report this together with the diagnostics; it is a fault of Linnet.',
  'source-missing': 'Check that the folder or address has this file.',
  'source-unknown':
    'Choose a folder with config.json and safetensors, or one GGUF file. Unpack archives first; other formats (.pth, .onnx) cannot be read.',
  'source-several': 'Choose the folder or the file of one of them.',
  'source-read': 'Check the file or the connection and try again.',
  'source-refused':
    'Check the address. Some models must be asked for on their page first, and Linnet cannot log in for you.',
  'import-paused': 'Continue whenever you like; it goes on where it stopped.',
  'source-cancelled': 'Start again whenever you like; nothing that was stored is lost.',
  'checkpoint-damaged': 'Download the file again; it is damaged or incomplete.',
  'checkpoint-mismatch': 'Check that all files come from the same model.',
  'model-unknown': 'Choose a model of a supported family.',
  'tokenizer-damaged': 'Download tokenizer.json again; it is damaged or of an unknown kind.',
  'template-failed': 'Choose another model, or report its chat template.',
  'store-damaged': 'Delete the model and import it again.',
  'store-missing': 'Open Models and import a model.',
  'store-full': 'Free some space (Models shows what is stored) and try again.',
  'prefix-unusable': 'Ask again; the text is read anew.',
  'prompt-too-long': 'Choose a shorter text; or select the part that matters.',
  'request-invalid': 'Change the request as the message says.',
  'request-aborted': 'Ask again whenever you like.',
  'no-model': 'Open Models and choose or import one.',
  'page-restricted': 'The browser lets no extension read this page. Open an ordinary web page.',
  'page-uncalled': 'Click the icon of Linnet while that page is in front, then try again.',
  'page-pdf':
    'Select the text that you mean, and choose “Translate the selection” in the menu of a right click.',
  'page-empty': 'It is too little for a summary. Select the text that you mean and try again.',
  'text-none': 'Select the text that you mean and try again.',
  'engine-unreachable': 'Close and reopen Linnet; if that does not help, reload the extension.',
  internal: 'Report this together with the diagnostics; it is a fault of Linnet.',
} as const;

export type ErrorCode = keyof typeof NEXT_STEP;

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

/** The plain-object form that crosses message boundaries. */
export interface WireError {
  code: ErrorCode;
  who: string;
  message: string;
  next: string;
  expected?: string;
  got?: string;
  where?: string;
}

export class LinnetError extends Error {
  override readonly name = 'LinnetError';
  readonly code: ErrorCode;
  readonly who: string;
  readonly summary: string;
  readonly expected: string | undefined;
  readonly got: string | undefined;
  readonly where: string | undefined;

  constructor(code: ErrorCode, facts: ErrorFacts) {
    super(sentence(facts), facts.cause === undefined ? undefined : { cause: facts.cause });
    this.code = code;
    this.who = facts.who;
    this.summary = facts.message;
    this.expected = facts.expected === undefined ? undefined : String(facts.expected);
    this.got = facts.got === undefined ? undefined : String(facts.got);
    this.where = facts.where;
  }

  get next(): string {
    return NEXT_STEP[this.code];
  }
}

function sentence(f: ErrorFacts): string {
  const place = f.where === undefined ? f.who : `${f.who}, ${f.where}`;
  const facts = [
    f.expected === undefined ? '' : `expected ${f.expected}`,
    f.got === undefined ? '' : `got ${f.got}`,
  ].filter((s) => s !== '');
  return `${place}: ${f.message}${facts.length > 0 ? ` (${facts.join(', ')})` : ''}`;
}

/** Throws a {@link LinnetError}; usable as an expression: `map.get(x) ?? fail(…)`. */
export function fail(code: ErrorCode, facts: ErrorFacts): never {
  throw new LinnetError(code, facts);
}

/** A promise of the code to itself. Throws code `internal`; never use it for input from outside. */
export function invariant(condition: unknown, who: string, message: string): asserts condition {
  if (!condition) fail('internal', { who, message });
}

/** What a DOMException's name means to a person. */
const BROWSER_ERRORS: Readonly<Record<string, ErrorCode>> = {
  AbortError: 'request-aborted',
  QuotaExceededError: 'store-full',
};

export function toWire(error: unknown, who = 'Linnet'): WireError {
  if (error instanceof LinnetError) {
    return {
      code: error.code,
      who: error.who,
      message: error.message,
      next: error.next,
      ...(error.expected === undefined ? {} : { expected: error.expected }),
      ...(error.got === undefined ? {} : { got: error.got }),
      ...(error.where === undefined ? {} : { where: error.where }),
    };
  }
  const code = (error instanceof Error && BROWSER_ERRORS[error.name]) || 'internal';
  const aborted = code === 'request-aborted';
  const message = aborted ? 'stopped' : error instanceof Error ? error.message : String(error);
  return { code, who, message: `${who}: ${message}`, next: NEXT_STEP[code] };
}

export function fromWire(wire: WireError): LinnetError {
  const error = new LinnetError(wire.code, { who: wire.who, message: wire.message, where: wire.where });
  error.message = wire.message;
  return Object.assign(error, { expected: wire.expected, got: wire.got });
}

/** Throws code `request-aborted` once the signal has fired. */
export function throwIfAborted(signal: AbortSignal | undefined, who: string): void {
  if (signal?.aborted === true) fail('request-aborted', { who, message: 'stopped on request' });
}
