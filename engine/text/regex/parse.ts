/**
 * Parses a regular expression in the syntax of JavaScript with the flag `u`, for matching in linear time (`search.ts`).
 * Groups capture nothing. Refused: references to groups (no linear matching is known for them), flags inside groups,
 * and `\b` and `\B`, which the tokenizer library writes as lookarounds.
 */
import { fail } from '../../base/errors.ts';

/** A part of an expression. */
export type RegexNode =
  /** One code point. `source`: an expression for it alone, such as `[^\n]`, `\p{L}` or `a`. */
  | { readonly kind: 'set'; readonly source: string }
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
const OPENING = /^\((?:\?<?[=!]|\?:|\?<[\p{ID_Start}_$][\p{ID_Continue}$]*>|(?!\?))/u;
const QUANTIFIER = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})(\??)/;
/** An escape that stands for one code point, or a class of them. */
const ESCAPE =
  /^\\(?:[dDsSwWfnrtv]|[pP]\{[^{}]+\}|c[A-Za-z]|0(?!\d)|x[\da-fA-F]{2}|u[\da-fA-F]{4}|u\{[\da-fA-F]+\}|[\^$\\.*+?()[\]{}|/])/;

/** Parses `source`; `who` names its file in errors. Throws `tokenizer-damaged`, and `model-limit` above the limits. */
export function parseRegex(source: string, who: string): RegexNode {
  if (source.length > REGEX_LIMITS.characters) {
    tooMuch(who, `at most ${REGEX_LIMITS.characters} characters`, source.length);
  }
  let at = 0;
  const rest = () => source.slice(at);

  const choice = (depth: number): RegexNode => {
    if (depth > REGEX_LIMITS.depth) tooMuch(who, `groups nested at most ${REGEX_LIMITS.depth} deep`, 'more');
    const nodes = [sequence(depth)];
    while (source[at] === '|') {
      at++;
      nodes.push(sequence(depth));
    }
    return nodes.length === 1 ? (nodes[0] as RegexNode) : { kind: 'choice', nodes };
  };
  const sequence = (depth: number): RegexNode => {
    const nodes: RegexNode[] = [];
    while (at < source.length && source[at] !== '|' && source[at] !== ')') {
      nodes.push(quantified(atom(depth)));
    }
    return nodes.length === 1 ? (nodes[0] as RegexNode) : { kind: 'sequence', nodes };
  };
  const quantified = (node: RegexNode): RegexNode => {
    const found = QUANTIFIER.exec(rest());
    if (found === null) return node;
    const [text, from, comma, to, lazy] = found;
    at += text.length;
    const [min, max] =
      from === undefined
        ? [text[0] === '+' ? 1 : 0, text[0] === '?' ? 1 : Number.POSITIVE_INFINITY]
        : [Number(from), comma === '' ? Number(from) : to === '' ? Number.POSITIVE_INFINITY : Number(to)];
    return { kind: 'repeat', node, min, max, lazy: lazy !== '' };
  };
  const atom = (depth: number): RegexNode => {
    const char = String.fromCodePoint(source.codePointAt(at) as number);
    if (char === '(') return group(depth);
    if (char === '^' || char === '$') {
      at++;
      return { kind: 'edge', edge: char === '^' ? 'start' : 'end' };
    }
    if ('*+?{}]'.includes(char)) unsupported(who, 'something to repeat', rest());
    const text = char === '[' ? classAt(source, at) : char === '\\' ? ESCAPE.exec(rest())?.[0] : char;
    if (text === undefined) return unsupported(who, 'an escape for one character', rest());
    at += text.length;
    return { kind: 'set', source: text };
  };
  const group = (depth: number): RegexNode => {
    const opening = OPENING.exec(rest())?.[0] ?? unsupported(who, 'a group without flags', rest());
    at += opening.length;
    const node = choice(depth + 1);
    if (source[at] !== ')') unsupported(who, 'the end of a group', rest());
    at++;
    const look = LOOKS[opening];
    return look === undefined ? node : { kind: 'look', ...look, node };
  };

  const whole = choice(0);
  return at === source.length ? whole : unsupported(who, 'the end of the expression', rest());
}

/** The class that begins at `from`, with its brackets. Undefined if it does not end. */
function classAt(source: string, from: number): string | undefined {
  for (let at = from + 1; at < source.length; at++) {
    if (source[at] === '\\') at++;
    else if (source[at] === ']') return source.slice(from, at + 1);
  }
  return undefined;
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
