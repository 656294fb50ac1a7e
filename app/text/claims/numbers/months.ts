/** Names of months in the interface languages and some others, by the platform's tables (CLDR), with common short forms. Pure. */
import { fold } from '../../fold.ts';

const LANGUAGES = [
  'en',
  'de',
  'fr',
  'es',
  'it',
  'pt',
  'nl',
  'pl',
  'cs',
  'sv',
  'ru',
  'uk',
  'tr',
  'ar',
  'ar-SY',
  'ar-MA',
];
/** Short forms without their point. */
const SHORT = [
  'jan feb mar apr _ jun jul aug sep oct nov dec',
  'jän _ mär _ _ _ _ _ sept okt _ dez',
  'janv févr mars avr mai juin juil août sept _ _ déc',
  'ene _ _ abr may _ _ ago _ _ _ dic',
];

let table: ReadonlyMap<string, number> | undefined;

function monthTable(): ReadonlyMap<string, number> {
  if (table !== undefined) return table;
  const made = new Map<string, number>();
  const put = (word: string, month: number) => {
    const key = fold(word.trim());
    if (/^\p{L}{3,}$/u.test(key) && !made.has(key)) made.set(key, month);
  };
  // In some languages a month has another ending after a day.
  const formats = LANGUAGES.flatMap((language) => [
    new Intl.DateTimeFormat(language, { month: 'long', timeZone: 'UTC' }),
    new Intl.DateTimeFormat(language, { month: 'long', day: 'numeric', timeZone: 'UTC' }),
  ]);
  for (let month = 1; month <= 12; month++) {
    const day = Date.UTC(2001, month - 1, 15);
    for (const format of formats) {
      const name = format.formatToParts(day).find(({ type }) => type === 'month')?.value ?? '';
      for (const form of name.split('/')) put(form, month);
    }
    for (const words of SHORT) put(words.split(' ')[month - 1]!, month);
  }
  table = made;
  return made;
}

/** 1 to 12; undefined for a word that is no month. */
export const monthOf = (word: string): number | undefined => monthTable().get(fold(word));
