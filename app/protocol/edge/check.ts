/** Checks a value against a schema; a refusal says which field is wrong, what was expected, and what kind of value it has. */
import * as v from 'valibot';
import { EngineError } from '../../../engine/index.ts';

/** The value as the schema reads it, without other fields. `who` names what is checked. Throws `request-invalid`. */
export function checked<S extends v.GenericSchema>(schema: S, value: unknown, who: string): v.InferOutput<S> {
  const found = v.safeParse(schema, value, { abortEarly: true, abortPipeEarly: true });
  if (found.success) return found.output;
  const [issue] = found.issues;
  const where = placeOf(schema as Nested, issue.path);
  throw new EngineError('request-invalid', {
    who,
    message: where === undefined ? 'it has another form' : `${where} has another form`,
    expected: expectedBy(issue),
    got: described(issue.input),
    ...(where === undefined ? {} : { where }),
  });
}

/** The parts of a schema that hold others. */
interface Nested {
  readonly entries?: Readonly<Record<string, Nested>>;
  readonly item?: Nested;
  readonly value?: Nested;
  readonly wrapped?: Nested;
  readonly pipe?: readonly Nested[];
}

/**
 * The path of the field that is wrong, as `request.style.type`; undefined for the whole. The keys of a record are not
 * ours and may be a person's words, so they are `*`.
 */
function placeOf(schema: Nested, path: readonly v.IssuePathItem[] = []): string | undefined {
  const keys: string[] = [];
  let inner: Nested | undefined = schema;
  for (const { key } of path) {
    const { entries, item, value } = holder(inner);
    keys.push(value !== undefined ? '*' : String(key));
    inner = entries?.[String(key)] ?? item ?? value;
  }
  return keys.length === 0 ? undefined : keys.join('.');
}

/** The schema within optional ones and pipes that has fields or items. */
function holder(schema: Nested = {}): Nested {
  if (schema.wrapped !== undefined) return holder(schema.wrapped);
  const parts = (schema.pipe ?? []).filter((part) => part !== schema);
  const found = [schema, ...parts.map(holder)].find(({ entries, item, value }) => entries ?? item ?? value);
  return found ?? {};
}

/** Checks that the library does not know say in their message what they expect. */
const expectedBy = ({ type, expected, message }: v.BaseIssue<unknown>): string =>
  type === 'check' || type === 'custom' ? message : (expected ?? message);

/** The kind of a value and its size. Not the value: it may be a person's text. */
export function described(value: unknown): string {
  if (typeof value === 'string') return `a string of ${value.length} characters`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return `an ${typeof value}`.replace('an function', 'a function').replace('an symbol', 'a symbol');
}
