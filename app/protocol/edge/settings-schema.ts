/** The schema of settings, and how stored ones are read: whatever was stored, every page gets settings it can use. */
import * as v from 'valibot';
import { LIMITS } from '../limits.ts';
import { HOVER_KEYS } from '../page/page-rules.ts';
import { isServerAddress } from '../server/server-address.ts';
import type { Settings } from '../types.ts';
import { id, language, list, mark, number, record, text } from './fields.ts';

export const style = v.object({
  type: v.picklist(['key-points', 'tldr', 'teaser', 'headline']),
  length: v.picklist(['short', 'medium', 'long']),
});

export const taskName = v.picklist([
  ...(['key-points', 'tldr', 'teaser', 'headline'] as const).flatMap(
    (type) => [`${type}.short`, `${type}.medium`, `${type}.long`] as const,
  ),
  'notes',
  'translation',
]);

export const task = v.picklist(['summary', 'translation', 'chat']);

const savedPrompt = v.object({ name: text(LIMITS.name), text: text(LIMITS.prompt), inMenu: mark });

const benchmark = v.object({
  at: number,
  activations: text(LIMITS.name),
  prefillTokensPerSecond: number,
  decodeTokensPerSecond: number,
  timeToFirstTokenMs: number,
  weightBytes: number,
  cacheBytes: number,
  peakGpuBytes: number,
});

const loss = v.object({
  at: number,
  of: number,
  tokens: number,
  sizes: list(
    v.object({ weights: text(LIMITS.name), bytes: number, sameChoice: number, divergence: number }),
    LIMITS.records,
  ),
});

const abilities = v.object({
  version: number,
  probedAt: number,
  lists: v.boolean(),
  repeats: v.boolean(),
  languages: list(v.object({ tag: language, writes: v.boolean() }), LIMITS.records),
});

const site = v.pipe(text(LIMITS.name), v.minLength(1));
export const rule = v.picklist(['always', 'never']);
export const ownServer = v.object({
  address: v.pipe(text(LIMITS.address), v.check(isServerAddress, 'the address of a server')),
  model: text(LIMITS.name),
  context: v.optional(
    v.pipe(number, v.integer(), v.minValue(LIMITS.leastContext), v.maxValue(LIMITS.context)),
  ),
  used: v.boolean(),
  inPrivate: mark,
});

const taskPrompts = record(taskName, text(LIMITS.prompt));

/** By the name of the setting. */
export const settingFields = {
  style,
  summaryLanguage: v.optional(language),
  autoStart: v.boolean(),
  language,
  secondLanguage: v.optional(language),
  model: v.optional(id),
  models: v.optional(record(task, id)),
  embedder: v.optional(id),
  demoImported: v.boolean(),
  pace: v.picklist(['polite', 'balanced', 'full']),
  cache: v.optional(v.picklist(['plain', 'q8'])),
  prefixMiB: v.optional(v.pipe(number, v.minValue(0), v.maxValue(LIMITS.prefixMiB))),
  packReading: v.optional(v.boolean()),
  readAhead: v.optional(v.picklist(['careful', 'always', 'never'])),
  summarised: v.optional(list(v.object({ site, conversation: id, at: number }), LIMITS.summarised)),
  prompts: list(savedPrompt, LIMITS.prompts),
  taskPrompts: v.optional(record(id, taskPrompts)),
  welcomed: v.optional(v.boolean()),
  idleMinutes: v.optional(v.pipe(number, v.minValue(0), v.maxValue(LIMITS.idleMinutes))),
  benchmarks: v.optional(record(id, benchmark)),
  losses: v.optional(record(id, loss)),
  abilities: v.optional(record(id, abilities)),
  server: v.optional(ownServer),
  keepFor: v.optional(v.picklist(['session', 'day', 'week', 'month'])),
  neverKept: v.optional(list(site, LIMITS.sites)),
  siteRules: v.optional(record(site, rule)),
  languageRules: v.optional(record(language, rule)),
  hoverKey: v.optional(v.picklist(HOVER_KEYS)),
} satisfies { [K in keyof Settings]-?: v.GenericSchema<unknown, Settings[K]> };

/** Any of the settings. */
export const someSettings = v.partial(v.object(settingFields));

/** Settings of which single entries can be left out. */
export const COLLECTIONS: readonly (keyof Settings)[] = [
  'models',
  'prompts',
  'taskPrompts',
  'benchmarks',
  'losses',
  'abilities',
  'neverKept',
  'summarised',
  'siteRules',
  'languageRules',
];

export interface ReadSettings {
  readonly settings: Settings;
  /** Names of settings that were stored in a form that cannot be used, in full or in part. */
  readonly invalid: readonly (keyof Settings)[];
}

/**
 * Reads what was stored as settings. A setting that is absent, or stored in a form that cannot be used, gets its default;
 * of lists and records only the entries that cannot be used are left out. Never throws.
 */
export function readSettings(stored: unknown, defaults: Settings): ReadSettings {
  const settings: Partial<Record<keyof Settings, unknown>> = { ...defaults };
  const invalid: (keyof Settings)[] = [];
  const given: object = typeof stored === 'object' && stored !== null ? stored : {};
  if (stored !== undefined && given !== stored) invalid.push(...names);
  for (const name of names) {
    const value: unknown = Object.hasOwn(given, name) ? (given as Record<string, unknown>)[name] : undefined;
    if (value === undefined) continue;
    const found = v.safeParse(settingFields[name], value);
    if (!found.success) invalid.push(name);
    const usable = found.success
      ? found
      : COLLECTIONS.includes(name)
        ? withoutInvalid(name, value)
        : undefined;
    if (usable?.success === true) settings[name] = usable.output;
  }
  return { settings: settings as Settings, invalid };
}

const names = Object.keys(settingFields) as (keyof Settings)[];

/** Leaves out what the schema refuses: first the places that it names, then the entries that hold them. */
function withoutInvalid(name: keyof Settings, value: unknown) {
  const schema = settingFields[name];
  let kept = copied(value);
  for (const depth of [Number.POSITIVE_INFINITY, 1]) {
    const found = v.safeParse(schema, kept);
    if (found.success) return found;
    const paths = found.issues.map(({ path = [] }) => path.slice(0, depth).map(({ key }) => key));
    for (const path of paths) remove(kept, path);
    kept = withoutHoles(kept);
  }
  return v.safeParse(schema, kept);
}

/** A copy, as plain data. */
function copied(value: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(value));
  } catch {
    return undefined;
  }
}

function remove(from: unknown, path: readonly unknown[]): void {
  const parent = path.slice(0, -1).reduce<unknown>((value, key) => childOf(value, key), from);
  if (path.length > 0 && typeof parent === 'object' && parent !== null)
    Reflect.deleteProperty(parent, path.at(-1) as string);
}

const childOf = (value: unknown, key: unknown): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key as string] : undefined;

/** An item that was deleted from an array leaves a hole. */
const withoutHoles = (value: unknown): unknown => (Array.isArray(value) ? value.filter(() => true) : value);
