/** JSON from outside: parsed with an error that names the file, and asked what it is. */
import { fail } from '../../base/errors.ts';

/** An object from a JSON file; `who` is the file's name. */
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
      message: 'the file is not JSON; it is cut short or damaged',
      expected: 'a JSON object',
      got,
      cause,
    });
  }
  if (isObject(value)) return value;
  return fail(code, {
    who,
    message: 'the file holds no object',
    expected: 'a JSON object',
    got: kindOf(value),
  });
}

export function isObject(x: unknown): x is Record<string, unknown> {
  return typeof x === 'object' && x !== null && !Array.isArray(x);
}

export function kindOf(x: unknown): string {
  return x === null
    ? 'null'
    : Array.isArray(x)
      ? 'a list'
      : typeof x === 'object'
        ? 'an object'
        : `a ${typeof x}`;
}
