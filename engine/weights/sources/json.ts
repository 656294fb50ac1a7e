/** Parses untrusted JSON, with errors that name the file. Its size is measured before it is parsed. */
import { type EngineErrorCode, fail } from '../../base/errors.ts';

type DamagedCode = Extract<EngineErrorCode, 'checkpoint-damaged' | 'tokenizer-damaged' | 'store-damaged'>;

/**
 * Limits on a JSON file. Parsing makes objects many times the size of the text: 60 MB of `{},` take gigabytes. The
 * largest tokenizers (260,000 tokens, 515,000 merges as pairs) have 0.5 M containers and 2.1 M values.
 */
export const JSON_LIMITS = {
  /** Objects and lists. */
  containers: 2 ** 21,
  /** Items of lists, entries of objects, and containers. */
  values: 2 ** 23,
  /** Objects and lists inside one another. Files use up to ten. */
  depth: 64,
} as const;

/** Parses a JSON object in UTF-8; `who` is the file's name. Throws `model-limit`, and `code` for anything else. */
export function parseJson(bytes: Uint8Array, who: string, code: DamagedCode): Record<string, unknown> {
  measureJson(bytes, who);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    const got = `${bytes.length} bytes: ${cause instanceof Error ? cause.message : String(cause)}`;
    return fail(code, {
      who,
      message: 'the file is not JSON; it is truncated or damaged',
      expected: 'a JSON object',
      got,
      cause,
    });
  }
  if (isObject(value)) return value;
  return fail(code, {
    who,
    message: 'the file does not contain a JSON object',
    expected: 'a JSON object',
    got: kindOf(value),
  });
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Counts what parsing the bytes would make, without making it. Throws `model-limit` above {@link JSON_LIMITS}. Bytes
 * that are not JSON are counted as if they were.
 */
export function measureJson(bytes: Uint8Array, who: string): void {
  let containers = 0;
  let values = 0;
  let depth = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) at = endOfText(bytes, at);
    // 0x5b and 0x7b: [ and {
    else if (byte === 0x5b || byte === 0x7b) {
      containers++;
      values++;
      depth++;
      if (depth > JSON_LIMITS.depth) tooMuch(who, `at most ${JSON_LIMITS.depth} levels`, at);
      if (containers > JSON_LIMITS.containers) {
        tooMuch(who, `at most ${JSON_LIMITS.containers} objects and lists`, at);
      }
    } else if (byte === 0x5d || byte === 0x7d) depth--;
    else if (byte === 0x2c) values++;
    if (values > JSON_LIMITS.values) tooMuch(who, `at most ${JSON_LIMITS.values} values`, at);
  }
}

/** The place of the quote that ends the text that begins at `from`. */
function endOfText(bytes: Uint8Array, from: number): number {
  for (let at = from + 1; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) return at;
    if (byte === BACKSLASH) at++;
  }
  return bytes.length;
}

function tooMuch(who: string, expected: string, at: number): never {
  fail('model-limit', {
    who,
    where: `byte ${at}`,
    message: 'the file has far more parts than files of this kind',
    expected,
    got: 'more',
  });
}

/** Whether a value is an object, and neither null nor an array. */
export function isObject(x: unknown): x is Record<string, unknown> {
  return typeof x === 'object' && x !== null && !Array.isArray(x);
}

/** Names the type of a value, for error messages. */
export function kindOf(x: unknown): string {
  return x === null
    ? 'null'
    : Array.isArray(x)
      ? 'a list'
      : typeof x === 'object'
        ? 'an object'
        : `a ${typeof x}`;
}
