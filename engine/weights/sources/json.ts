/** Parses untrusted JSON, with errors that name the file. */
import { fail } from '../../base/errors.ts';

/** Parses a JSON object in UTF-8; `who` is the file's name. Throws `code` for anything else. */
export function parseJson(
  bytes: Uint8Array,
  who: string,
  code: 'checkpoint-damaged' | 'tokenizer-damaged' | 'store-damaged',
): Record<string, unknown> {
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
