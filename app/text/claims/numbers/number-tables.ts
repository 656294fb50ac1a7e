/** Words for numbers in the interface languages that have spaces between words; Chinese and Japanese are in cjk-numbers.ts. */
import { fold } from '../../fold.ts';

/** What a word does in a number: it counts something, or it multiplies what is before it. */
export type NumberWord =
  | { readonly kind: 'value'; readonly value: number; readonly ordinal: boolean }
  | { readonly kind: 'scale'; readonly value: number; readonly plural: boolean };

/** `start`, `start + step` … for the words in order; `a|b` are forms of one word. */
type Series = readonly [start: number, step: number, words: string];
type Scale = readonly [value: number, singular: string, plural?: string];

interface WordList {
  readonly values: readonly Series[];
  readonly ordinals?: readonly Series[];
  readonly scales: readonly Scale[];
}

const LISTS: Readonly<Record<string, WordList>> = {
  en: {
    values: [
      [0, 1, 'zero one two three four five six seven eight nine ten eleven twelve'],
      [13, 1, 'thirteen fourteen fifteen sixteen seventeen eighteen nineteen'],
      [20, 10, 'twenty thirty forty fifty sixty seventy eighty ninety'],
    ],
    // Without "second", which is also a unit of time.
    ordinals: [
      [3, 1, 'third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth'],
      [15, 1, 'fifteenth sixteenth seventeenth eighteenth nineteenth twentieth'],
    ],
    scales: [
      [100, 'hundred', 'hundreds'],
      [1e3, 'thousand k', 'thousands'],
      [1e6, 'million mn m', 'millions'],
      [1e9, 'billion bn b', 'billions'],
      [1e12, 'trillion tn', 'trillions'],
    ],
  },
  de: {
    values: [
      [
        0,
        1,
        'null ein|eins|eine|einen|einem|einer zwei drei vier fünf sechs sieben acht neun zehn elf zwölf',
      ],
      [13, 1, 'dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn'],
      [20, 10, 'zwanzig dreißig|dreissig vierzig fünfzig sechzig siebzig achtzig neunzig'],
    ],
    scales: [
      [100, 'hundert', 'hunderte hunderten'],
      [1e3, 'tausend tsd', 'tausende tausenden'],
      [1e6, 'million mio', 'millionen'],
      [1e9, 'milliarde mrd', 'milliarden'],
      [1e12, 'billion', 'billionen'],
    ],
  },
  fr: {
    values: [
      [
        0,
        1,
        'zéro un|une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize',
      ],
      [20, 10, 'vingt|vingts trente quarante cinquante soixante septante huitante|octante nonante'],
    ],
    scales: [
      [100, 'cent', 'cents'],
      [1e3, 'mille k'],
      [1e6, 'million m', 'millions'],
      [1e9, 'milliard md', 'milliards'],
      [1e12, 'billion', 'billions'],
    ],
  },
  es: {
    values: [
      [
        0,
        1,
        'cero un|uno|una dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince',
      ],
      [16, 1, 'dieciséis diecisiete dieciocho diecinueve veinte veintiuno|veintiún|veintiuna veintidós'],
      [23, 1, 'veintitrés veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve treinta'],
      [40, 10, 'cuarenta cincuenta sesenta setenta ochenta noventa'],
      [
        200,
        100,
        'doscientos|doscientas trescientos|trescientas cuatrocientos|cuatrocientas quinientos|quinientas',
      ],
      [
        600,
        100,
        'seiscientos|seiscientas setecientos|setecientas ochocientos|ochocientas novecientos|novecientas',
      ],
    ],
    scales: [
      [100, 'cien ciento', 'cientos'],
      [1e3, 'mil', 'miles'],
      [1e6, 'millón mill', 'millones'],
      [1e9, 'millardo', 'millardos'],
      [1e12, 'billón', 'billones'],
    ],
  },
  ar: {
    values: [
      [
        2,
        1,
        'اثنان|اثنين|اثنتان|اثنتين|إثنان ثلاثة|ثلاث أربعة|أربع خمسة|خمس ستة|ست سبعة|سبع ثمانية|ثماني|ثمان',
      ],
      [9, 1, 'تسعة|تسع عشرة|عشر'],
      [
        20,
        10,
        'عشرون|عشرين ثلاثون|ثلاثين أربعون|أربعين خمسون|خمسين ستون|ستين سبعون|سبعين ثمانون|ثمانين تسعون|تسعين',
      ],
      [200, 100, 'مئتان|مئتين|مائتان|مائتين ثلاثمئة|ثلاثمائة أربعمئة|أربعمائة خمسمئة|خمسمائة ستمئة|ستمائة'],
      [700, 100, 'سبعمئة|سبعمائة ثمانمئة|ثمانمائة تسعمئة|تسعمائة'],
    ],
    scales: [
      [100, 'مئة مائة', 'مئات'],
      [1e3, 'ألف ألفا', 'آلاف'],
      [1e6, 'مليون مليونا', 'ملايين'],
      [1e9, 'مليار مليارا', 'مليارات'],
      [1e12, 'تريليون', 'تريليونات'],
    ],
  },
};

/** Languages in which numbers in words are read. */
export const NUMBER_LANGUAGES: readonly string[] = Object.keys(LISTS);

/** How a word is looked up: accents count (très is no tres), signs of Arabic do not. */
export const numberKey = (word: string): string =>
  /\p{Script=Arabic}/u.test(word) ? fold(word) : word.normalize('NFC').toLowerCase();

const tables = new Map<string, ReadonlyMap<string, NumberWord>>();

/** The words of one language; undefined for a language without a list. */
export function numberTable(language: string): ReadonlyMap<string, NumberWord> | undefined {
  const list = Object.hasOwn(LISTS, language) ? LISTS[language] : undefined;
  const known = tables.get(language);
  if (list === undefined || known !== undefined) return known;
  const table = new Map<string, NumberWord>();
  for (const series of list.values) addSeries(table, series, false);
  for (const series of list.ordinals ?? []) addSeries(table, series, true);
  for (const [value, singular, plural = ''] of list.scales) {
    for (const word of singular.split(' '))
      table.set(numberKey(word), { kind: 'scale', value, plural: false });
    for (const word of plural.split(' ').filter(Boolean))
      table.set(numberKey(word), { kind: 'scale', value, plural: true });
  }
  tables.set(language, table);
  return table;
}

function addSeries(table: Map<string, NumberWord>, [start, step, words]: Series, ordinal: boolean): void {
  words.split(' ').forEach((forms, index) => {
    for (const form of forms.split('|'))
      table.set(numberKey(form), { kind: 'value', value: start + index * step, ordinal });
  });
}
