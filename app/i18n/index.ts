/** Looks up texts and fills in their values; formats numbers, sizes and times for the user's language. */
import type { WireError } from '../protocol/errors.ts';
import type { Text, TextKey, Texts } from './en.ts';
import { enOnPage } from './en-on-page.ts';
import { targetLanguages } from '../protocol/target-languages.ts';

export type { TextKey, Texts } from './en.ts';

type TextValues = Readonly<Record<string, string | number>>;

/** Language of the texts and of number formats, so that one sentence does not mix two conventions. */
let locale = 'en';
let texts: Partial<Texts> = enOnPage;
let rules = new Intl.PluralRules(locale);
/** Of this language, by their options: making one takes as long as thirty uses, and views draw for each token. */
const numberFormats = new Map<string, Intl.NumberFormat>();

const listeners = new Set<() => void>();

/** Switches to these texts of language `tag`; missing ones of web pages stay English. */
export function useTexts(tag: string, fresh: Partial<Texts>): void {
  const isOther = tag !== locale;
  locale = tag;
  texts = { ...enOnPage, ...fresh };
  rules = new Intl.PluralRules(tag);
  numberFormats.clear();
  if (isOther) for (const changed of listeners) changed();
}

/** Calls `changed` when {@link useTexts} switches to another language. Returns an unsubscribe function. */
export function onLanguageChange(changed: () => void): () => void {
  listeners.add(changed);
  return () => void listeners.delete(changed);
}

/** Returns the tag of the current language. */
export const textLanguage = (): string => locale;

/** The texts of web pages in the current language, as plain data. */
export const textsOnPage = (): Partial<Texts> =>
  Object.fromEntries(Object.keys(enOnPage).map((key) => [key, texts[key as TextKey]]));

/** Returns the writing direction of a language. */
export const directionOf = (tag: string): 'ltr' | 'rtl' =>
  ['ar', 'fa', 'he', 'ur'].includes(new Intl.Locale(tag).language) ? 'rtl' : 'ltr';

/** Returns the text of a key with `{name}` filled in; `n` selects the plural form. Unknown names stay as they are. */
export function t(key: TextKey, values: TextValues = {}): string {
  const text: Text = texts[key] ?? key;
  const n = values.n;
  const chosen = typeof text === 'string' ? text : (text[rules.select(Number(n ?? 0))] ?? text.other);
  return chosen.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === 'number' ? number(value) : value;
  });
}

/**
 * What to do about an error: the next step of its code in the reader's language, unless the error brings its own.
 * Jobs that earlier versions stored bring the usual step in English.
 */
export const nextStep = ({ code, next }: WireError): string => {
  const key = `next-${code}` as const;
  return next === undefined || next === enOnPage[key] ? t(key) : next;
};

function formatted(value: number, options: Intl.NumberFormatOptions): string {
  const key = JSON.stringify(options);
  const format = numberFormats.get(key) ?? new Intl.NumberFormat(locale, options);
  numberFormats.set(key, format);
  return format.format(value);
}

/** Formats a number with at most `digits` decimals. */
export const number = (value: number, digits = 0): string =>
  formatted(value, { maximumFractionDigits: digits });

/** 0.38 → 38%; with at most `digits` decimals. */
export const percent = (part: number, digits = 0): string =>
  formatted(part, { style: 'percent', maximumFractionDigits: digits });

/** 1,234,567 → 1.2 MB. */
export function bytes(value: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
  const step = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3));
  return formatted(value / 1000 ** step, {
    style: 'unit',
    unit: units[step],
    unitDisplay: step === 0 ? 'long' : 'short',
    maximumFractionDigits: step < 2 ? 0 : 1,
  });
}

/** 10,000,000 → US$10M, as short as the language has it. */
export const dollars = (value: number): string =>
  formatted(value, {
    ...{ style: 'currency', currency: 'USD', notation: 'compact' },
    ...{ minimumFractionDigits: 0, maximumFractionDigits: 1 },
  });

/** 95 → 2 min; 40 → 40 sec. */
export function duration(seconds: number): string {
  const [value, unit] =
    seconds < 90
      ? ([Math.ceil(seconds), 'second'] as const)
      : seconds < 5400
        ? ([Math.round(seconds / 60), 'minute'] as const)
        : ([Math.round(seconds / 3600), 'hour'] as const);
  return formatted(value, { style: 'unit', unit, unitDisplay: 'short' });
}

/** Formats a Unix time in milliseconds as a date. */
export const date = (milliseconds: number): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }).format(milliseconds);

/** Tags of the languages to translate into. */
export const languages = targetLanguages;

/** Returns the entry of {@link languages} nearest to a tag such as `de-AT` or `zh-TW`; English if there is none. */
export function nearestLanguage(tag: string): string {
  try {
    const { language, script } = new Intl.Locale(tag).maximize();
    if (language === 'zh') return script === 'Hant' ? 'zh-Hant' : 'zh-Hans';
    return languages.includes(language) ? language : 'en';
  } catch {
    return 'en';
  }
}

/** What {@link ownName} returned: a list of languages needs all of them at each draw. */
const ownNames = new Map<string, string>();

/** Returns the name of a language in that language, such as `Deutsch`. */
export function ownName(tag: string): string {
  const known = ownNames.get(tag);
  if (known !== undefined) return known;
  const name = new Intl.DisplayNames([tag], { type: 'language', languageDisplay: 'standard' }).of(tag) ?? tag;
  const shown = name.charAt(0).toLocaleUpperCase(tag) + name.slice(1);
  ownNames.set(tag, shown);
  return shown;
}

/** `en, de` → "English, German", in the user's language. */
export function languageNames(tags: readonly string[]): string {
  const names = new Intl.DisplayNames([locale], { type: 'language' });
  return new Intl.ListFormat(locale, { type: 'unit', style: 'short' }).format(
    tags.map((tag) => names.of(tag) ?? tag),
  );
}
