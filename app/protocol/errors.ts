/**
 * Errors as the app knows them: those of the engine, and those that only the app meets. Their codes pass every message
 * boundary ({@link toWire}, {@link fromWire}); `app/i18n/en-errors.ts` has a sentence and a next step for each.
 */
import { CodedError, ENGINE_ERROR_CODES, EngineError, type EngineErrorCode } from '../../engine/index.ts';

export type AppErrorCode =
  | 'no-model'
  /** The browser lets no extension read the page. */
  | 'page-restricted'
  /** The user has not called Linnet on the page, so the browser does not grant access. */
  | 'page-uncalled'
  | 'page-pdf'
  /** The page removes or blocks what Linnet shows on it. */
  | 'page-hides'
  | 'page-empty'
  /** A script paints the text on a canvas. */
  | 'page-painted'
  /** The text is in a frame of another site. */
  | 'page-framed'
  /** The page did not answer in time. */
  | 'page-slow'
  /** Nothing to translate is selected or written. */
  | 'text-none'
  /** Some of what was to be deleted is still on the device. */
  | 'erase-incomplete'
  /** The sender of a request may not ask for it. */
  | 'request-refused'
  /** The worker that owns the engine does not answer. */
  | 'engine-unreachable'
  /** An import during which the worker ended twice without progress; a person decides whether it continues. */
  | 'import-stuck'
  /** What a person typed names no server, or one that plain HTTP must not go to. */
  | 'server-address'
  /** The own server cannot be reached. */
  | 'server-down'
  /** It answers no extension of a browser. */
  | 'server-refused'
  /** What answers is no such interface. */
  | 'server-unlike'
  /** It has no such model. */
  | 'server-model'
  /** It asks for a key, or does not accept it. */
  | 'server-key'
  /** It has too much to do, or is still loading. */
  | 'server-busy'
  /** It failed, and says so. */
  | 'server-failed'
  /** Its answer ended before it was complete. */
  | 'server-cut'
  /** Nothing comes from it any more. */
  | 'server-silent'
  /** The person has not allowed it, or took that back in the browser's settings. */
  | 'server-permission'
  /** It is not used for private windows, and no model is on this device. */
  | 'server-private';

export type ErrorCode = EngineErrorCode | AppErrorCode;

export class AppError extends CodedError<AppErrorCode> {
  override readonly name = 'AppError';
}

/** The plain-object form that crosses message boundaries and is stored with jobs. */
export interface WireError {
  code: ErrorCode;
  who: string;
  message: string;
  /** Replaces the usual next step of the code, in the reader's language. */
  next?: string;
  expected?: string;
  got?: string;
  where?: string;
}

/** What a DOMException's name means to a person. */
const BROWSER_ERRORS: Readonly<Record<string, ErrorCode>> = {
  AbortError: 'request-aborted',
  QuotaExceededError: 'store-full',
};

/** `who` names errors that have no code of their own. */
export function toWire(error: unknown, who = 'Linnet'): WireError {
  if (isCoded(error)) {
    return {
      code: error.code,
      who: error.who,
      message: error.message,
      expected: error.expected,
      got: error.got,
      where: error.where,
    };
  }
  const code = (error instanceof Error && BROWSER_ERRORS[error.name]) || 'internal';
  const aborted = code === 'request-aborted';
  const message = aborted ? 'stopped' : error instanceof Error ? error.message : String(error);
  return { code, who, message: `${who}: ${message}` };
}

/** By its name: scripts of one page that were bundled apart have classes of their own. */
const isCoded = (error: unknown): error is EngineError | AppError =>
  error instanceof Error && CODED.includes(error.name) && 'code' in error;

const CODED: readonly string[] = ['EngineError', 'AppError'];

export function fromWire(wire: WireError): EngineError | AppError {
  const { code, who, message, where } = wire;
  const facts = { who, message, where };
  const error = isEngineCode(code) ? new EngineError(code, facts) : new AppError(code, facts);
  error.message = message;
  return Object.assign(error, { expected: wire.expected, got: wire.got });
}

const isEngineCode = (code: ErrorCode): code is EngineErrorCode =>
  (ENGINE_ERROR_CODES as readonly string[]).includes(code);

/**
 * A part of the worker that does not work, or was left out; everything else works without it:
 *
 * - `database`: it cannot be opened, so nothing is stored in this session
 * - `glossary`, `words`: the same for the glossary and for the word list
 * - `settings`: they cannot be read; changes last for this session, and the stored settings stay as they are
 * - `upkeep`: answers that were interrupted are not marked, or what was to be deleted is still there
 * - `models`, `imports`: they cannot be listed
 * - `records`: `count` conversations, answers or pages are damaged and left out
 * - `folders`: `count` folders of models or imports are damaged and left out
 */
export type NoticePart =
  | 'database'
  | 'glossary'
  | 'words'
  | 'settings'
  | 'upkeep'
  | 'models'
  | 'imports'
  | 'records'
  | 'folders';

export interface Notice {
  readonly part: NoticePart;
  readonly count?: number;
  readonly error?: WireError;
}
