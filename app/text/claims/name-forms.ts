/**
 * The forms that a name may have: plural, possessive, case endings, and the adjective of a country. Two words are taken
 * for forms of one name if one is the other without an ending, or both lose a long ending such as "-ish". Pure.
 */
const SHORT = 'a e i o u y s n m es en er em ns an as os om ou ov is in ii ja'.split(' ');
const LONG =
  `ish ese ian ians ans ain ic ics ia ien iens ienne iennes ais aise ois oise isch ische ischen ischer isches
  ischem ern innen ano ana anos anas ense enses eno ena land lands ites iten er ers ey ique iques ski ska ova ovi`.split(
    /\s+/,
  );
/** Countries whose adjective has another stem. */
const IRREGULAR = [
  'france french',
  'spain spanish',
  'netherlands dutch',
  'denmark danish danes',
  'greece greek greeks',
  'wales welsh',
  'switzerland swiss',
  'ireland irish',
  'poland polish poles',
  'peru peruvian',
  'norway norwegian',
  'iraq iraqi',
  'thailand thai',
  'finland finnish finns',
  'deutschland deutsche deutschen deutscher deutsches german germany',
  'frankreich franzosisch franzosische franzosischen franzosen',
  'espana espanol espanola espanoles',
  'grece grec grecque',
  'allemagne allemand allemande allemands',
  'italie italien italienne',
  'china chinese chino chinesisch',
].map((words) => words.split(' '));
const related = new Map(IRREGULAR.flatMap((words) => words.map((word) => [word, words] as const)));
/** Well-known short forms, as the initials of their names. */
const SAME: Readonly<Record<string, string>> = { usa: 'us', america: 'us', britain: 'uk', usamerica: 'us' };

const LEAST = 3;
const LEAST_LONG = 3;

const cut = (key: string, endings: readonly string[], least: number): string[] =>
  endings
    .filter((ending) => key.endsWith(ending) && key.length - ending.length >= least)
    .map((ending) => key.slice(0, -ending.length));

const isLatin = (key: string): boolean => !/[^\p{Script=Latin}\p{N}]/u.test(key);

/** What is left without an ending. `long`: of those endings that make another word of it. */
export function stemsOf(key: string): {
  readonly short: readonly string[];
  readonly long: readonly string[];
} {
  if (/\p{N}/u.test(key)) return { short: [], long: [] };
  if (isLatin(key))
    return { short: key.length > 3 ? cut(key, SHORT, LEAST) : [], long: cut(key, LONG, LEAST_LONG) };
  // Case endings of other scripts, without a table.
  const ends = [1, 2, 3]
    .filter((letters) => key.length - letters >= 4)
    .map((letters) => key.slice(0, -letters));
  return { short: ends, long: ends };
}

/** The words of one name, folded. */
export class NameForms {
  private readonly keys = new Set<string>();
  private readonly stems = new Set<string>();
  private readonly long = new Set<string>();

  add(key: string): void {
    if (this.keys.has(key)) return;
    this.keys.add(key);
    const { short, long } = stemsOf(key);
    for (const stem of short) this.stems.add(stem);
    for (const stem of long) this.stems.add(stem).add(stem) && this.long.add(stem);
  }

  has(key: string): boolean {
    if (this.keys.has(key) || this.stems.has(key)) return true;
    const { short, long } = stemsOf(key);
    if ([...short, ...long].some((stem) => this.keys.has(stem))) return true;
    if (long.some((stem) => this.stems.has(stem)) || short.some((stem) => this.long.has(stem))) return true;
    if (Object.hasOwn(SAME, key) && this.keys.has(SAME[key]!)) return true;
    return (related.get(key) ?? []).some((word) => this.keys.has(word));
  }
}
