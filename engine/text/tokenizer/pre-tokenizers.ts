/**
 * The pre-tokenizers of tokenizer.json, which split a text into words. Each does what the one of its name in the Rust
 * library `tokenizers` does.
 */
import type { RegexMatch } from '../regex/search.ts';
import { bytesAsLetters } from '../../base/byte-letters.ts';
import { PartFields } from './part-fields.ts';
import { type FindAll, GPT2_WORDS, platformPattern, regexPattern, textPattern } from './pattern.ts';
import { BEHAVIOURS, splitAt } from './split.ts';

/** A part of a text. `first`: it begins where the text began. */
export interface Word {
  readonly text: string;
  readonly first: boolean;
}

/** Splits a part of a text; none of the parts is empty. */
export type PreTokenizer = (word: Word) => Word[];

const PUNCTUATION = '[!-\\/:-@\\[-`\\{-~\\p{P}]';

const PRE_TOKENIZERS: Readonly<Record<string, (part: PartFields) => PreTokenizer>> = {
  Sequence: (part) => {
    const all = part.parts('pretokenizers').map(preTokenizerOf);
    return (word) => all.reduce((words, next) => words.flatMap(next), [word]);
  },
  Split: (part) => {
    const [find, behaviour] = [part.pattern(), part.oneOf('behavior', BEHAVIOURS)];
    const invert = part.flag('invert', false);
    return splitting((text) => splitAt(text, find(text), behaviour, invert));
  },
  Digits: (part) =>
    splittingAt(platformPattern(part.flag('individual_digits', false) ? /\p{N}/gu : /\p{N}+/gu), 'Isolated'),
  Punctuation: (part) =>
    splittingAt(
      platformPattern(new RegExp(PUNCTUATION, 'gu')),
      part.oneOf('behavior', BEHAVIOURS, 'Isolated'),
    ),
  Whitespace: () =>
    splittingAt(
      regexPattern(
        '[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}]+|[^\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}\\s]+',
      ),
      'Removed',
      true,
    ),
  WhitespaceSplit: () => splittingAt(platformPattern(/\p{White_Space}/gu), 'Removed'),
  BertPreTokenizer: () => {
    const spaces = splittingAt(platformPattern(/\p{White_Space}/gu), 'Removed');
    const punctuation = splittingAt(platformPattern(new RegExp(PUNCTUATION, 'gu')), 'Isolated');
    return (word) => spaces(word).flatMap(punctuation);
  },
  CharDelimiterSplit: (part) => splittingAt(textPattern(part.char('delimiter')), 'Removed'),
  FixedLength: (part) => {
    const length = part.count('length', 5);
    if (length === 0) part.wrong('length', 'a whole number from 1', length);
    return splitting((text) => {
      const parts: RegexMatch[] = [];
      let [start, end, count] = [0, 0, 0];
      for (const char of text) {
        end += char.length;
        if (++count % length > 0) continue;
        parts.push({ start, end });
        start = end;
      }
      return end > start ? [...parts, { start, end }] : parts;
    });
  },
  ByteLevel: (part) => {
    const prefix = part.flag('add_prefix_space', true);
    const split = part.flag('use_regex', true)
      ? splittingAt(regexPattern(GPT2_WORDS), 'Isolated')
      : undefined;
    return ({ text, first }) => {
      const word = { text: prefix && !text.startsWith(' ') ? ` ${text}` : text, first };
      const words = split?.(word) ?? [word];
      return words.map((each) => ({ text: bytesAsLetters(each.text), first: each.first }));
    };
  },
  Metaspace: metaspace,
};

/** Throws `tokenizer-damaged` for an unknown or damaged part. */
function preTokenizerOf(part: PartFields): PreTokenizer {
  const make = Object.hasOwn(PRE_TOKENIZERS, part.type) ? PRE_TOKENIZERS[part.type] : undefined;
  return make === undefined ? part.unknown('pre-tokenizer', Object.keys(PRE_TOKENIZERS)) : make(part);
}

/** The pre-tokenizer in tokenizer.json; undefined for null. */
export function readPreTokenizer(json: unknown): PreTokenizer | undefined {
  if (json === null || json === undefined) return undefined;
  return preTokenizerOf(new PartFields(json, 'pre_tokenizer'));
}

function splitting(parts: (text: string) => readonly RegexMatch[]): PreTokenizer {
  return ({ text, first }) =>
    parts(text).map(({ start, end }) => ({ text: text.slice(start, end), first: first && start === 0 }));
}

function splittingAt(find: FindAll, behaviour: (typeof BEHAVIOURS)[number], invert = false): PreTokenizer {
  return splitting((text) => splitAt(text, find(text), behaviour, invert));
}

/** How `Metaspace` puts its mark before a text; files of before 2024 have `add_prefix_space` instead. */
export function prependScheme(part: PartFields): 'always' | 'first' | 'never' {
  const scheme = part.oneOf('prepend_scheme', ['always', 'first', 'never'] as const, 'always');
  if (part.any('add_prefix_space') !== false) return scheme;
  if (scheme === 'first') part.wrong('prepend_scheme', 'never, as add_prefix_space is false', scheme);
  return 'never';
}

function metaspace(part: PartFields): PreTokenizer {
  const mark = part.char('replacement', '▁');
  const scheme = prependScheme(part);
  const split = part.flag('split', true) ? splittingAt(textPattern(mark), 'MergedWithNext') : undefined;
  return ({ text, first }) => {
    const marked = text.replaceAll(' ', mark);
    const isPrefixed = !marked.startsWith(mark) && (scheme === 'always' || (scheme === 'first' && first));
    const word = { text: isPrefixed ? mark + marked : marked, first };
    return split?.(word) ?? [word];
  };
}
