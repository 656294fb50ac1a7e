/** Names of countries in the interface languages, by the platform's tables (CLDR). Pure. */
import { keyOf } from './words.ts';

const LANGUAGES = ['en', 'de', 'fr', 'es'];
const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
/** Short forms and names that are written in several ways. */
const MORE = [
  'Korea',
  'America',
  'Britain',
  'England',
  'Scotland',
  'Wales',
  'Europe',
  'Africa',
  'Asia',
  'Europa',
  'Amerika',
];

let known: ReadonlySet<string> | undefined;

function countries(): ReadonlySet<string> {
  if (known !== undefined) return known;
  const found = new Set(MORE.map(keyOf));
  for (const language of LANGUAGES) {
    const names = new Intl.DisplayNames([language], { type: 'region', fallback: 'none' });
    for (const first of LETTERS) {
      for (const second of LETTERS) {
        const name = names.of(first + second);
        if (name !== undefined && /^[\p{L}'’-]{4,}$/u.test(name)) found.add(keyOf(name));
      }
    }
  }
  known = found;
  return found;
}

/** `key`: as in {@link keyOf}; countries whose name is one word. */
export const isCountry = (key: string): boolean => key.length >= 4 && countries().has(key);
