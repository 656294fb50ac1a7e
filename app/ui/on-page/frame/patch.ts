/**
 * The difference between two states of a model, so that the message about a token does not carry the whole answer again.
 * Unchanged parts are recognised by their identity, and a text that grew by its beginning.
 */

/** `value` takes the place of what was there, `end` is appended to a text, `parts` are changes within an object or list. */
export type Patch =
  | { readonly value: unknown }
  | { readonly end: string }
  | { readonly parts: Readonly<Record<string, Patch>>; readonly gone: readonly string[] };

type Fields = Readonly<Record<string, unknown>>;

/** What makes `after` of `before`; undefined if they are the same. Both are plain data. */
export function patchOf(before: unknown, after: unknown): Patch | undefined {
  if (Object.is(before, after)) return undefined;
  if (typeof before === 'string' && typeof after === 'string' && after.startsWith(before))
    return { end: after.slice(before.length) };
  if (!isFields(before) || !isFields(after) || !haveSameForm(before, after)) return { value: after };
  const parts = Object.keys(after).flatMap((name) => {
    const part = Object.hasOwn(before, name) ? patchOf(before[name], after[name]) : { value: after[name] };
    return part === undefined ? [] : [[name, part] as const];
  });
  const gone = Object.keys(before).filter((name) => !Object.hasOwn(after, name));
  return parts.length + gone.length === 0 ? undefined : { parts: Object.fromEntries(parts), gone };
}

/** Unchanged parts of the result are those of `before`. Throws a `TypeError` where the patch is of another state. */
export function patched(before: unknown, patch: Patch): unknown {
  if ('value' in patch) return patch.value;
  if ('end' in patch) {
    if (typeof before !== 'string') throw new TypeError('a patch appends to what is not a text');
    return before + patch.end;
  }
  if (!isFields(before)) throw new TypeError('a patch changes parts of what has none');
  const { parts, gone } = patch;
  const names = new Set([...Object.keys(before), ...Object.keys(parts)]);
  const fields = [...names]
    .filter((name) => !gone.includes(name))
    .map((name) => {
      const part = Object.hasOwn(parts, name) ? parts[name] : undefined;
      return [name, part === undefined ? before[name] : patched(before[name], part)] as const;
    });
  return Array.isArray(before) ? fields.map(([, value]) => value) : Object.fromEntries(fields);
}

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

/** Whether parts can be changed: both are objects, or both are lists and the second is not shorter. */
const haveSameForm = (before: Fields, after: Fields): boolean =>
  Array.isArray(before) ? Array.isArray(after) && after.length >= before.length : !Array.isArray(after);
