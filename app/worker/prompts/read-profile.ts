/**
 * Reads task profiles from their JSON: a profile that names another in `extends` has that one's values where it has none
 * of its own. Throws an error that names the file and the value that is wrong; a test reads every profile. Pure.
 */
import type { AnswerForm, ModelKind, TaskProfile, TaskPrompt } from './task-profile.ts';

type Json = Readonly<Record<string, unknown>>;
type Check = (value: unknown, where: string) => void;

const KINDS: readonly ModelKind[] = ['demo', 'base', 'translation', 'thinking', 'instruct'];
const FORMS: Readonly<Record<AnswerForm['kind'], readonly string[]>> = {
  list: ['points', 'words'],
  line: ['words'],
  sentences: ['count'],
  prose: [],
  free: [],
};
const LENGTHS = ['short', 'medium', 'long'];
const TYPES = ['key-points', 'tldr', 'teaser', 'headline'];

/** `files`: the profiles' JSON. The result has their order. */
export function readProfiles(files: readonly Json[]): readonly TaskProfile[] {
  return files.map((file) => {
    const profile = extended(file, files);
    checkProfile(profile, String(file.id));
    return profile as unknown as TaskProfile;
  });
}

function extended(file: Json, files: readonly Json[]): Json {
  const { extends: name, ...own } = file;
  if (name === undefined) return own;
  const base = files.find(({ id }) => id === name);
  if (base === undefined || base === file)
    throw wrong(`${String(file.id)}.extends`, 'the id of a profile', name);
  // Whom a profile is for is not inherited.
  const { for: _, ...rest } = extended(base, files);
  return merged(rest, own);
}

function merged(base: Json, own: Json): Json {
  const all = { ...base };
  for (const [key, value] of Object.entries(own)) {
    const before = all[key];
    const both = isObject(before) && isObject(value) && !('kind' in value);
    all[key] = both ? merged(before, value) : value;
  }
  return all;
}

function checkProfile(profile: Json, where: string): void {
  const { for: models } = profile;
  check(
    models,
    isObject(models) && KINDS.includes(models.kind as ModelKind),
    `${where}.for.kind`,
    KINDS.join(', '),
  );
  for (const key of ['id', 'system', 'page', 'text', 'language', 'unknownLanguage'])
    text(profile[key], `${where}.${key}`);
  for (const key of ['tags', 'namesPageLanguage']) {
    check(profile[key], typeof profile[key] === 'boolean', `${where}.${key}`, 'true or false');
  }
  holds(profile.page, ['{title}', '{text}', '{request}'], `${where}.page`);
  holds(profile.text, ['{text}', '{request}'], `${where}.text`);
  each(profile.summary, TYPES, `${where}.summary`, (style, at) => each(style, LENGTHS, at, task));
  task(profile.notes, `${where}.notes`);
  task(profile.chat, `${where}.chat`);
  holds((profile.chat as TaskPrompt).request, ['{question}'], `${where}.chat.request`);
  const { translation } = profile;
  if (!isObject(translation)) throw wrong(`${where}.translation`, 'an object', translation);
  for (const key of ['request', 'terms', 'marks']) text(translation[key], `${where}.translation.${key}`);
  begun(translation.begun, `${where}.translation.begun`);
  holds(translation.request, ['{language}'], `${where}.translation.request`);
  if (translation.chinese !== undefined)
    holds(translation.chinese, ['{language}'], `${where}.translation.chinese`);
  const { languages } = profile;
  const areTags = Array.isArray(languages) && languages.every((tag) => typeof tag === 'string');
  check(languages, languages === undefined || areTags, `${where}.languages`, 'BCP 47 tags');
  word(profile.word, `${where}.word`);
}

const word: Check = (value, where) => {
  if (!isObject(value)) throw wrong(where, 'an object', value);
  if (value.request !== '') holds(value.request, ['{word}', '{language}'], `${where}.request`);
  sampled(value.sampling, `${where}.sampling`);
};

const SAMPLING = ['temperature', 'topP', 'topK', 'repetitionPenalty'];

const sampled: Check = (value, where) => {
  const isSampling =
    isObject(value) &&
    Object.entries(value).every(([key, x]) => SAMPLING.includes(key) && typeof x === 'number' && x > 0);
  check(
    value,
    value === 'greedy' || value === 'model' || isSampling,
    where,
    `greedy, model or ${SAMPLING.join(', ')}`,
  );
};

const task: Check = (value, where) => {
  if (!isObject(value)) throw wrong(where, 'an object', value);
  text(value.request, `${where}.request`);
  begun(value.begun, `${where}.begun`);
  const { sampling, tokens, form } = value;
  sampled(sampling, `${where}.sampling`);
  check(tokens, isCount(tokens), `${where}.tokens`, 'a positive whole number');
  const numbers = isObject(form) ? FORMS[form.kind as AnswerForm['kind']] : undefined;
  const whole = isObject(form) && numbers?.every((key) => isCount(form[key])) === true;
  check(form, whole, `${where}.form`, 'a form with its numbers');
};

function each(value: unknown, keys: readonly string[], where: string, one: Check): void {
  if (!isObject(value)) throw wrong(where, 'an object', value);
  for (const key of keys) one(value[key], `${where}.${key}`);
}

const text: Check = (value, where) => check(value, typeof value === 'string', where, 'a text');

const begun: Check = (value, where) =>
  check(value, typeof value === 'string' && !/\s$/.test(value), where, 'a text without a blank at its end');

function holds(value: unknown, parts: readonly string[], where: string): void {
  text(value, where);
  check(
    value,
    parts.every((part) => (value as string).includes(part)),
    where,
    `a text with ${parts.join(', ')}`,
  );
}

function check(value: unknown, holdsTrue: boolean, where: string, expected: string): void {
  if (!holdsTrue) throw wrong(where, expected, value);
}

const isCount = (value: unknown): boolean => Number.isInteger(value) && (value as number) > 0;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const wrong = (where: string, expected: string, got: unknown): Error =>
  new Error(`task profile ${where}: expected ${expected}, got ${JSON.stringify(got)}`);
