/**
 * Parses a regular expression in the syntax of Oniguruma (Ruby's, with Unicode), which the Rust library reads in
 * tokenizer.json, for matching in linear time (`search.ts`). Source: Oniguruma's doc/RE. Groups capture nothing.
 *
 * Refused by name: references to groups (no linear matching is known for them), options but `i`, `\G`, `\K`, `\R`, `\X`.
 */
import { fail } from '../../base/errors.ts';
import { classAt, escapeAt, literal, type Unsupported } from './character-class.ts';

/** A part of an expression. */
export type RegexNode =
  /**
   * One code point. `source`: the character itself, or a set as JavaScript writes it with the flag `v`. `fold`: without
   * regard to case.
   */
  | { readonly kind: 'set'; readonly source: string; readonly fold: boolean }
  | { readonly kind: 'sequence'; readonly nodes: readonly RegexNode[] }
  | { readonly kind: 'choice'; readonly nodes: readonly RegexNode[] }
  | {
      readonly kind: 'repeat';
      readonly node: RegexNode;
      readonly min: number;
      /** Infinity where there is no bound. */
      readonly max: number;
      readonly lazy: boolean;
    }
  /** Matched once: what follows cannot make it match in another way. */
  | { readonly kind: 'atomic'; readonly node: RegexNode }
  | { readonly kind: 'look'; readonly behind: boolean; readonly negated: boolean; readonly node: RegexNode }
  | { readonly kind: 'edge'; readonly edge: 'start' | 'end' };

/** Limits on an expression; one above a limit is refused. */
export const REGEX_LIMITS = {
  /** The longest published ones, which list ranges of letters, have about 3,000. */
  characters: 65_536,
  /** Groups inside groups. */
  depth: 100,
} as const;

const LOOKS: Readonly<Record<string, { readonly behind: boolean; readonly negated: boolean }>> = {
  '(?=': { behind: false, negated: false },
  '(?!': { behind: false, negated: true },
  '(?<=': { behind: true, negated: false },
  '(?<!': { behind: true, negated: true },
};
const OPENING = /^\((?:\?<?[=!]|\?:|\?>|\?i:|\?-i:|\?<[\p{ID_Start}_][\p{ID_Continue}]*>|(?!\?))/u;
const QUANTIFIER = /^(?:[*+?]|\{(?:(\d+)(,?)(\d*)|,(\d+))\})/;

const set = (source: string, fold = false): RegexNode => ({ kind: 'set', source, fold });
const START: RegexNode = { kind: 'edge', edge: 'start' };
const END: RegexNode = { kind: 'edge', edge: 'end' };
const choiceOf = (...nodes: RegexNode[]): RegexNode => ({ kind: 'choice', nodes });
const sequenceOf = (...nodes: RegexNode[]): RegexNode => ({ kind: 'sequence', nodes });
const look = (node: RegexNode, behind: boolean, negated = false): RegexNode => ({
  kind: 'look',
  behind,
  negated,
  node,
});
const NEWLINE = set('\n');
const ANY = set('\\p{Any}');
/** Outside of brackets, `\w` has `²³¹¼½¾` too. */
const WORD = set('[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\u{b2}\\u{b3}\\u{b9}\\u{bc}-\\u{be}]');
const NO_WORD = set('[^\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\u{b2}\\u{b3}\\u{b9}\\u{bc}-\\u{be}]');
/** What `^` and `$` match: the edges of lines. */
const LINE_START = choiceOf(START, sequenceOf(look(NEWLINE, true), look(ANY, false)));
const LINE_END = choiceOf(END, look(NEWLINE, false));
const BOUNDARY = choiceOf(
  sequenceOf(look(WORD, true), look(WORD, false, true)),
  sequenceOf(look(WORD, true, true), look(WORD, false)),
);
const NO_BOUNDARY = choiceOf(
  sequenceOf(look(WORD, true), look(WORD, false)),
  sequenceOf(look(WORD, true, true), look(WORD, false, true)),
);
/** Places, and what differs from the same in brackets, by the letter after the backslash. */
const ALONE: Readonly<Record<string, RegexNode>> = {
  w: WORD,
  W: NO_WORD,
  A: START,
  z: END,
  Z: choiceOf(END, look(sequenceOf(NEWLINE, END), false)),
  b: BOUNDARY,
  B: NO_BOUNDARY,
};

/** Parses `source`; `who` names its file in errors. Throws `tokenizer-damaged`, and `model-limit` above the limits. */
export function parseRegex(source: string, who: string): RegexNode {
  if (source.length > REGEX_LIMITS.characters) {
    tooMuch(who, `at most ${REGEX_LIMITS.characters} characters`, source.length);
  }
  const refuse: Unsupported = (expected, got) => unsupported(who, expected, got);
  let at = 0;
  const rest = () => source.slice(at, at + 200);

  const choice = (depth: number, fold: boolean): RegexNode => {
    if (depth > REGEX_LIMITS.depth) tooMuch(who, `groups nested at most ${REGEX_LIMITS.depth} deep`, 'more');
    const nodes = [sequence(depth, fold)];
    while (source[at] === '|') {
      at++;
      nodes.push(sequence(depth, fold));
    }
    return nodes.length === 1 ? (nodes[0] as RegexNode) : { kind: 'choice', nodes };
  };
  const sequence = (depth: number, fold: boolean): RegexNode => {
    const nodes: RegexNode[] = [];
    while (at < source.length && source[at] !== '|' && source[at] !== ')') {
      nodes.push(quantified(atom(depth, fold)));
    }
    return nodes.length === 1 ? (nodes[0] as RegexNode) : { kind: 'sequence', nodes };
  };
  const quantified = (node: RegexNode): RegexNode => {
    const found = QUANTIFIER.exec(rest());
    if (found === null) return node;
    const [text, from, comma, to, upTo] = found;
    at += text.length;
    const isInterval = text[0] === '{';
    const endless = Number.POSITIVE_INFINITY;
    const min = isInterval ? Number(from ?? 0) : text === '+' ? 1 : 0;
    const max = isInterval
      ? Number(upTo ?? (to !== '' ? to : comma === '' ? from : endless))
      : text === '?'
        ? 1
        : endless;
    if (max < min) refuse('a number of repetitions from the smaller to the larger', text);
    // `a{3}?` is `(?:a{3})?`, and `a{1,3}+` is `(?:a{1,3})+`: only the signs can be possessive.
    const isFixed = isInterval && from !== undefined && comma === '';
    const lazy = source[at] === '?' && !isFixed;
    const possessive = source[at] === '+' && !isInterval;
    if (lazy || possessive) at++;
    const repeat: RegexNode = { kind: 'repeat', node, min, max, lazy };
    return quantified(possessive ? { kind: 'atomic', node: repeat } : repeat);
  };
  const atom = (depth: number, fold: boolean): RegexNode => {
    const char = source.codePointAt(at) as number;
    const letter = String.fromCodePoint(char);
    if (letter === '(') return group(depth, fold);
    if (letter === '[') {
      const { source: inside, end } = classAt(source, at, refuse);
      at = end;
      return set(inside, fold);
    }
    if (letter === '\\') {
      const alone = ALONE[source[at + 1] ?? ''];
      if (alone !== undefined) {
        at += 2;
        return alone;
      }
      const escaped = escapeAt(source, at, refuse);
      at = escaped.end;
      return 'set' in escaped ? set(escaped.set, fold) : one(escaped.char, fold);
    }
    if ('*+?'.includes(letter)) refuse('something to repeat', rest());
    at += letter.length;
    if (letter === '^') return LINE_START;
    if (letter === '$') return LINE_END;
    return letter === '.' ? set('[^\\n]') : one(char, fold);
  };
  const group = (depth: number, fold: boolean): RegexNode => {
    if (source.startsWith('(?i)', at)) {
      // It holds for what follows in this group, alternatives included.
      at += 4;
      return choice(depth + 1, true);
    }
    const opening =
      OPENING.exec(rest())?.[0] ?? refuse('a group without options, or with the option i', rest());
    at += opening.length;
    const folds = opening === '(?i:' || (opening !== '(?-i:' && fold);
    const node = choice(depth + 1, folds);
    if (source[at] !== ')') refuse('the end of a group', rest());
    at++;
    if (opening === '(?>') return { kind: 'atomic', node };
    const looks = LOOKS[opening];
    return looks === undefined ? node : { kind: 'look', ...looks, node };
  };

  const whole = choice(0, false);
  return at === source.length ? whole : refuse('the end of the expression', rest());
}

/** A character; with `fold` a set of those that differ in case only, such as `s`, `S` and `ſ`. */
function one(char: number, fold: boolean): RegexNode {
  const text = String.fromCodePoint(char);
  return fold && /\p{L}/u.test(text) ? set(`[${literal(char)}]`, true) : set(text);
}

function unsupported(who: string, expected: string, got: string): never {
  fail('tokenizer-damaged', {
    who,
    message: 'this regular expression is damaged or not supported',
    expected,
    got: got.slice(0, 80) || 'its end',
  });
}

function tooMuch(who: string, expected: string, got: string | number): never {
  fail('model-limit', {
    who,
    message: 'a regular expression is larger than any known tokenizer needs',
    expected,
    got,
  });
}
