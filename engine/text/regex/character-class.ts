/**
 * Translates sets of characters from Oniguruma's syntax (Ruby's, with Unicode), which tokenizer.json uses, to
 * JavaScript's with the flag `v`. Source: Oniguruma's doc/RE. Sets are tried with the platform's matcher on one
 * character at a time (`program.ts`), so only the set has to be right.
 */

/** Throws the parser's error: what was expected, and the rest of the expression. */
export type Unsupported = (expected: string, got: string) => never;

/** A set, and where its text ends. */
export interface ParsedSet {
  readonly source: string;
  readonly end: number;
}

/** An escape inside or outside of brackets: one character, or a set of them. */
export type ParsedEscape =
  | { readonly char: number; readonly end: number }
  | { readonly set: string; readonly end: number };

const WORD = '\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}';
const HEX = '0-9A-Fa-f';
/** Sets by the letter after the backslash. */
const SETS: Readonly<Record<string, string>> = {
  d: '\\p{Nd}',
  D: '\\P{Nd}',
  s: '\\p{White_Space}',
  S: '\\P{White_Space}',
  w: `[${WORD}]`,
  W: `[^${WORD}]`,
  h: `[${HEX}]`,
  H: `[^${HEX}]`,
};
const CHARS: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13, a: 7, e: 27, 0: 0 };
/** Names of POSIX's sets, in `[:name:]` and `\p{Name}`. */
const POSIX: Readonly<Record<string, string>> = {
  alpha: '\\p{Alphabetic}',
  alnum: '\\p{Alphabetic}\\p{Nd}',
  ascii: '\\u{0}-\\u{7f}',
  blank: '\\p{Zs}\\u{9}',
  cntrl: '\\p{Cc}',
  digit: '\\p{Nd}',
  graph: '[^\\p{White_Space}\\p{Cc}\\p{Cn}\\p{Cs}]',
  lower: '\\p{Lowercase}',
  print: '[[^\\p{White_Space}\\p{Cc}\\p{Cn}\\p{Cs}]\\p{Zs}]',
  punct: '\\p{P}\\p{S}',
  space: '\\p{White_Space}',
  upper: '\\p{Uppercase}',
  word: WORD,
  xdigit: HEX,
};
const MAX_DEPTH = 16;

/** A character as JavaScript writes it, in brackets and outside of them. */
export const literal = (char: number): string => `\\u{${char.toString(16)}}`;

/** Reads the escape at `at`, which is a backslash. */
export function escapeAt(text: string, at: number, unsupported: Unsupported): ParsedEscape {
  const rest = text.slice(at, at + 80);
  const property = /^\\([pP])\{(\^?)([\w -]{1,64})\}/.exec(rest);
  if (property !== null) {
    const [all, p, caret, name] = property as unknown as [string, string, string, string];
    const set = propertySet(name) ?? unsupported('a known property of characters', rest);
    const negated = (p === 'P') !== (caret === '^');
    return { set: negated ? `[^${set}]` : `[${set}]`, end: at + all.length };
  }
  const coded =
    /^\\(?:x\{([\da-fA-F]{1,8})\}|x([\da-fA-F]{1,2})|u([\da-fA-F]{4})|u\{([\da-fA-F]{1,6})\})/.exec(rest);
  if (coded !== null) {
    const char = Number.parseInt(coded.slice(1).find((x) => x !== undefined) as string, 16);
    if (char > 0x10ffff) unsupported('a character', rest);
    return { char, end: at + coded[0].length };
  }
  const char = text.codePointAt(at + 1) ?? unsupported('a character after the backslash', rest);
  const letter = String.fromCodePoint(char);
  const end = at + 1 + letter.length;
  const set = Object.hasOwn(SETS, letter) ? SETS[letter] : undefined;
  if (set !== undefined) return { set, end };
  const known = Object.hasOwn(CHARS, letter) ? CHARS[letter] : undefined;
  if (known !== undefined && !(letter === '0' && /^\d/.test(text.slice(end)))) return { char: known, end };
  if (/[A-Za-z\d]/.test(letter)) unsupported('an escape for one character', rest);
  return { char, end };
}

/** Reads the brackets at `at`. */
export function classAt(text: string, at: number, unsupported: Unsupported, depth = 0): ParsedSet {
  if (depth > MAX_DEPTH) unsupported(`brackets nested at most ${MAX_DEPTH} deep`, text.slice(at));
  let pos = at + 1;
  const negated = text[pos] === '^';
  if (negated) pos++;
  const first = pos;
  const operands: string[] = [];
  let items = '';
  const add = (source: string) => {
    items += source;
  };
  const endOperand = () => {
    if (items === '') unsupported('a character in each part of the brackets', text.slice(at));
    operands.push(`[${items}]`);
    items = '';
  };
  for (;;) {
    const char = text.codePointAt(pos);
    if (char === undefined) unsupported('the end of the brackets', text.slice(at));
    const letter = String.fromCodePoint(char as number);
    if (letter === ']' && pos > first) {
      endOperand();
      const inner = operands.length === 1 ? (operands[0] as string).slice(1, -1) : operands.join('&&');
      return { source: `[${negated ? '^' : ''}${inner}]`, end: pos + 1 };
    }
    if (text.startsWith('&&', pos)) {
      endOperand();
      pos += 2;
      continue;
    }
    if (letter === '[') {
      const posix = /^\[:(\^?)([a-z]{1,16}):\]/.exec(text.slice(pos, pos + 24));
      const nested = posix === null ? classAt(text, pos, unsupported, depth + 1) : undefined;
      if (nested !== undefined) add(nested.source);
      else {
        const [all, caret, name] = posix as unknown as [string, string, string];
        const set = Object.hasOwn(POSIX, name) ? POSIX[name] : unsupported('a known [:name:]', all);
        add(`[${caret}${set}]`);
        pos += all.length;
      }
      pos = nested?.end ?? pos;
      continue;
    }
    const item: ParsedEscape =
      letter === '\\' ? escapeAt(text, pos, unsupported) : { char: char as number, end: pos + letter.length };
    // A hyphen between two characters makes a range; at an edge, or beside a set, it is itself.
    const after = text[item.end];
    pos = item.end;
    if ('set' in item) {
      add(item.set);
      continue;
    }
    if (after === '-' && text[pos + 1] !== ']' && !text.startsWith('&&', pos + 1) && text[pos + 1] !== '[') {
      const last = rangeEnd(text, pos + 1, unsupported);
      if (last !== undefined) {
        if (last.char < item.char) unsupported('a range in ascending order', text.slice(pos - 1));
        add(`${literal(item.char)}-${literal(last.char)}`);
        pos = last.end;
        continue;
      }
    }
    add(literal(item.char));
  }
}

/** The character that ends a range; undefined for a set. */
function rangeEnd(text: string, at: number, unsupported: Unsupported) {
  const char = text.codePointAt(at);
  if (char === undefined) return unsupported('the end of a range', text.slice(at - 1));
  if (char !== 0x5c) return { char, end: at + (char > 0xffff ? 2 : 1) };
  const escaped = escapeAt(text, at, unsupported);
  return 'char' in escaped ? escaped : undefined;
}

/** What JavaScript calls a property; scripts have names of their own. Undefined for an unknown one. */
function propertySet(name: string): string | undefined {
  const plain = name.replaceAll(/[\s_-]/g, '').toLowerCase();
  if (Object.hasOwn(POSIX, plain)) return POSIX[plain];
  if (plain === 'any') return '\\p{Any}';
  const title = name.replaceAll(/[a-z]+/gi, (w) => w[0]!.toUpperCase() + w.slice(1).toLowerCase());
  const names = new Set([name, title, title.replaceAll(/[\s-]/g, '_')]);
  for (const each of names) {
    for (const candidate of [each, `Script=${each}`]) {
      try {
        new RegExp(`\\p{${candidate}}`, 'v');
        return `\\p{${candidate}}`;
      } catch {
        // Not a name of this kind.
      }
    }
  }
  return undefined;
}
