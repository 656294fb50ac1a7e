/** Schemas of fields that several messages have. Bounds are in limits.ts. */
import * as v from 'valibot';
import { LIMITS } from '../limits.ts';
import type { Topic } from '../requests.ts';
import { topicAccess } from './permissions.ts';

export const text = (longest: number = LIMITS.text) => v.pipe(v.string(), v.maxLength(longest));

/** Of a job, a conversation, an import or a model. */
export const id = v.pipe(v.string(), v.minLength(1), v.maxLength(LIMITS.id));

/** A well-formed language tag (BCP 47): `Intl` throws for others. */
export const language = v.pipe(
  v.string(),
  v.maxLength(LIMITS.language),
  v.check(isLanguageTag, 'a language tag'),
);

function isLanguageTag(tag: string): boolean {
  try {
    return new Intl.Locale(tag).language !== '';
  } catch {
    return false;
  }
}

/** A finite number. */
export const number = v.pipe(v.number(), v.finite());
export const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** `true`, or absent. */
export const mark = v.optional(v.literal(true));

/** The length is checked before any item is. */
export const list = <S extends v.GenericSchema>(item: S, longest: number) =>
  v.pipe(
    v.custom<readonly unknown[]>(
      (value) => Array.isArray(value) && value.length <= longest,
      `a list of at most ${longest}`,
    ),
    v.array(item),
    v.readonly(),
  );

/** A record. Keys that objects inherit, such as `__proto__`, are left out. */
export const record = <K extends v.GenericSchema<string, string>, S extends v.GenericSchema>(
  key: K,
  item: S,
) =>
  v.pipe(
    v.custom<object>(
      (value) => isRecord(value) && Object.keys(value).length <= LIMITS.records,
      `an object of at most ${LIMITS.records} entries`,
    ),
    v.record(key, item),
    v.readonly(),
  );

const isRecord = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const topic = v.custom<Topic>(isTopic, 'a topic');

function isTopic(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  const colon = value.indexOf(':');
  const kind = colon < 0 ? value : value.slice(0, colon);
  if (!Object.hasOwn(topicAccess, kind)) return false;
  const needsId = kind === 'job' || kind === 'conversation';
  return needsId === colon >= 0 && v.is(id, needsId ? value.slice(colon + 1) : kind);
}
