/** Characters that are written by name or number in Markdown, as `&lt;` and `&#8364;`. Pure. */

/** The names that models write; others stay as they are written, which loses no word. */
const NAMES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
  copy: '©',
  reg: '®',
  trade: '™',
  deg: '°',
  plusmn: '±',
  times: '×',
  divide: '÷',
  middot: '·',
  bull: '•',
  hellip: '…',
  ndash: '–',
  mdash: '—',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
  laquo: '«',
  raquo: '»',
  euro: '€',
  pound: '£',
  yen: '¥',
  cent: '¢',
  sect: '§',
  para: '¶',
  larr: '←',
  rarr: '→',
  le: '≤',
  ge: '≥',
  ne: '≠',
  frac12: '½',
  frac14: '¼',
  sup2: '²',
  sup3: '³',
  micro: 'µ',
};

const ENTITY = /&(?:([a-zA-Z][a-zA-Z0-9]{1,7})|#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6}));/y;

/** The character at a place of a text that is written so, and how long its writing is. */
export function entityAt(text: string, at: number): { character: string; length: number } | undefined {
  ENTITY.lastIndex = at;
  const found = ENTITY.exec(text);
  if (found === null) return undefined;
  const [{ length }, name, decimal, hex] = found;
  const character =
    name === undefined
      ? numbered(decimal === undefined ? Number.parseInt(hex!, 16) : Number(decimal))
      : NAMES[name];
  return character === undefined ? undefined : { character, length };
}

/** A character that can be seen; undefined for controls and what is no character. */
function numbered(code: number): string | undefined {
  const isCharacter = code >= 0x20 && code <= 0x10_ff_ff && !(code >= 0xd8_00 && code <= 0xdf_ff);
  const character = isCharacter ? String.fromCodePoint(code) : undefined;
  return character === undefined || /\p{C}/u.test(character) ? undefined : character;
}
