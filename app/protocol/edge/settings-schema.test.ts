import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import type { Settings } from '../types.ts';
import { COLLECTIONS, readSettings, settingFields } from './settings-schema.ts';

const defaults: Settings = {
  style: { type: 'key-points', length: 'medium' },
  language: 'de',
  autoStart: true,
  demoImported: false,
  pace: 'balanced',
  prompts: [],
};

const benchmark = {
  at: 1,
  activations: 'f16',
  prefillTokensPerSecond: 1,
  decodeTokensPerSecond: 1,
  timeToFirstTokenMs: 1,
  weightBytes: 1,
  cacheBytes: 1,
  peakGpuBytes: 1,
};
const loss = {
  at: 1,
  of: 1,
  tokens: 900,
  sizes: [{ weights: 'q8', bytes: 10, sameChoice: 0.9, divergence: 0.01 }],
};
const abilities = { version: 1, probedAt: 1, lists: true, repeats: false, languages: [] };

/** Every setting, with a value other than its default. */
const full: Required<Settings> = {
  style: { type: 'tldr', length: 'long' },
  summaryLanguage: 'fr',
  autoStart: false,
  language: 'en',
  secondLanguage: 'ja',
  model: 'one',
  models: { chat: 'two' },
  embedder: 'three',
  demoImported: true,
  pace: 'full',
  cache: 'q8',
  prefixMiB: 512,
  packReading: false,
  readAhead: 'never',
  summarised: [{ site: 'news.example', conversation: 'c-1', at: 1_700_000_000_000 }],
  prompts: [{ name: 'simple', text: 'Say it simply.', inMenu: true }],
  taskPrompts: { general: { notes: 'Read this.', translation: 'Into {language}' } },
  welcomed: true,
  idleMinutes: 5,
  benchmarks: { one: benchmark },
  losses: { one: loss },
  abilities: { one: abilities },
  server: {
    address: 'http://192.168.1.5:11434/v1/',
    model: 'big',
    context: 8192,
    used: true,
    inPrivate: true,
  },
  keepFor: 'week',
  neverKept: ['example.org'],
  siteRules: { 'example.org': 'never' },
  languageRules: { nl: 'always' },
  hoverKey: 'shift',
};
const names = Object.keys(full) as (keyof Settings)[];

/** Values of other types than any setting has, or beyond its bounds. */
const WRONG: readonly unknown[] = [
  null,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  -1,
  12.5e300,
  '',
  'x'.repeat(200_000),
  Symbol.iterator,
  () => 'x',
  [null],
  [[]],
  { length: 1 },
  { type: {}, length: [] },
  { __proto__: null, toString: 1 },
  new Date(0),
  new Map([['a', 1]]),
  1n,
];

describe('stored settings', () => {
  it('have a value for every setting in this test, which the schema knows', () => {
    expect(names.toSorted()).toEqual(Object.keys(settingFields).toSorted());
    for (const name of names) expect(full[name], name).not.toEqual(defaults[name]);
  });

  it('are read as they are if they can be used', () => {
    expect(readSettings(structuredClone(full), defaults)).toEqual({ settings: full, invalid: [] });
    expect(readSettings(undefined, defaults)).toEqual({ settings: defaults, invalid: [] });
    expect(readSettings({ pace: 'full' }, defaults).settings).toEqual({ ...defaults, pace: 'full' });
  });

  it.each(names)('%s gets its default if it cannot be used, and the others stay', (name) => {
    for (const [i, wrong] of WRONG.entries()) {
      const { settings, invalid } = readSettings({ ...full, [name]: wrong }, defaults);
      expect(v.is(settingFields[name], settings[name]), `value ${i}`).toBe(true);
      if (invalid.length > 0) expect(invalid).toEqual([name]);
      if (invalid.length > 0 && !COLLECTIONS.includes(name)) expect(settings[name]).toEqual(defaults[name]);
      for (const other of names) if (other !== name) expect(settings[other]).toEqual(full[other]);
    }
  });

  it.each([
    ['prompts', [...full.prompts, { name: 7, text: 'x' }, null, 'x'], full.prompts],
    ['benchmarks', { one: benchmark, two: { ...benchmark, at: 'now' }, three: [] }, { one: benchmark }],
    ['losses', { one: loss, two: { ...loss, sizes: 1 } }, { one: loss }],
    ['abilities', { one: abilities, two: { ...abilities, lists: 1 } }, { one: abilities }],
    ['models', { chat: 'two', summary: 3, other: 'x' }, { chat: 'two' }],
    ['taskPrompts', { general: { ...full.taskPrompts.general, 'tldr.short': 4 } }, full.taskPrompts],
    ['taskPrompts', { ...full.taskPrompts, other: 4 }, full.taskPrompts],
  ] as const)('%s loses only the entries that cannot be used', (name, stored, kept) => {
    const { settings, invalid } = readSettings({ ...full, [name]: stored }, defaults);
    expect(settings[name]).toEqual(kept);
    expect(invalid).toEqual([name]);
  });

  it.each([null, 'text', 7, true, [], [full], Symbol.iterator])(
    'are the defaults in place of %s',
    (stored) => {
      expect(readSettings(stored, defaults).settings).toEqual(defaults);
    },
  );

  it('have no other fields, and none from a prototype', () => {
    const stored = Object.assign(Object.create({ pace: 'full', language: 'fr' }), { secret: 'x' });
    const { settings } = readSettings(stored, defaults);
    expect(settings).toEqual(defaults);
    const polluted = JSON.parse('{"__proto__":{"pace":"full"},"benchmarks":{"__proto__":{"at":1}}}');
    expect(readSettings(polluted, defaults).settings.pace).toBe('balanced');
    expect(({} as { at?: number }).at).toBeUndefined();
  });
});
