/**
 * Limits on the parts of tokenizer.json that are applied to every text: normalizer, pre_tokenizer, post_processor and
 * decoder. A part is refused if it could make a text grow without bound, or loop for ever; what it may cost otherwise
 * is proportional to the text. Regular expressions have limits of their own (`../regex`).
 */
import { fail } from '../../base/errors.ts';

/** Limits on parts; a file above one is refused. Published tokenizers have at most a tenth of each. */
export const PART_LIMITS = {
  /** Parts in sequences of parts. */
  depth: 8,
  /** Of one kind, in all. */
  parts: 64,
  /** UTF-16 units that are put into a text, or searched for. */
  text: 256,
  /** How many times as long a text may become. */
  growth: 64,
  /** Tokens that a post-processor adds. */
  template: 64,
  /** Bytes that `Precompiled` puts in for one character; Unicode's longest decomposition has 33. */
  replacement: 64,
} as const;

/** The lists of parts inside a part, by the names that the four kinds use. */
const LISTS = ['normalizers', 'pretokenizers', 'processors', 'decoders'] as const;
/** Texts that parts put in, search for, or compare with. */
const TEXTS = ['content', 'prepend', 'replacement', 'str_rep', 'prefix', 'suffix', 'pad_token'] as const;

type Part = Readonly<Record<string, unknown>>;
type Damaged = (where: string, expected: string, got: unknown) => never;

/** Checks a part and those inside it; `where` is its name. Throws `model-limit`, and what `damaged` throws. */
export function checkPart(part: Part, where: string, damaged: Damaged): void {
  let parts = 0;
  /** Returns how many times as long a text may become. */
  const check = (at: Part, name: string, depth: number): number => {
    parts++;
    if (depth > PART_LIMITS.depth) tooMuch(name, `at most ${PART_LIMITS.depth} levels of parts`, depth);
    if (parts > PART_LIMITS.parts) tooMuch(name, `at most ${PART_LIMITS.parts} parts`, 'more');
    if (typeof at.type !== 'string') damaged(`${name}.type`, 'a text', at.type);
    checkTexts(at, name);
    checkLists(at, name, damaged);
    let growth = ownGrowth(at);
    for (const key of LISTS) {
      const list = at[key] ?? [];
      if (!Array.isArray(list)) damaged(`${name}.${key}`, 'a list', list);
      for (const [i, inner] of list.entries()) {
        const place = `${name}.${key}[${i}]`;
        if (!isPart(inner)) damaged(place, 'an object', inner);
        growth *= check(inner, place, depth + 1);
        if (growth > PART_LIMITS.growth) {
          tooMuch(place, `a text that becomes at most ${PART_LIMITS.growth} times as long`, growth);
        }
      }
    }
    return growth;
  };
  const growth = check(part, where, 1);
  if (growth > PART_LIMITS.growth) {
    tooMuch(where, `a text that becomes at most ${PART_LIMITS.growth} times as long`, growth);
  }
}

function checkTexts(part: Part, name: string): void {
  for (const key of TEXTS) {
    const text = part[key];
    if (typeof text === 'string' && text.length > PART_LIMITS.text) {
      tooMuch(`${name}.${key}`, `at most ${PART_LIMITS.text} characters`, text.length);
    }
  }
  const { pattern } = part;
  const searched = isPart(pattern) ? pattern.String : pattern;
  if (typeof searched === 'string' && searched.length > PART_LIMITS.text) {
    tooMuch(`${name}.pattern`, `at most ${PART_LIMITS.text} characters`, searched.length);
  }
}

function checkLists(part: Part, name: string, damaged: Damaged): void {
  for (const key of ['single', 'pair']) {
    const items = part[key] ?? [];
    if (!Array.isArray(items)) damaged(`${name}.${key}`, 'a list', items);
    if (items.length > PART_LIMITS.template) {
      tooMuch(`${name}.${key}`, `at most ${PART_LIMITS.template} tokens and sequences`, items.length);
    }
  }
}

/** How many times as long a text may become by this part alone. */
function ownGrowth(part: Part): number {
  const length = (text: unknown) => (typeof text === 'string' ? text.length : 0);
  const { pattern, type } = part;
  switch (type) {
    case 'Replace': {
      const searched = isPart(pattern) ? length(pattern.String) : 0;
      // An expression may match nothing, before every character and at the end.
      return searched === 0 ? length(part.content) + 1 : Math.max(1, length(part.content) / searched);
    }
    case 'ByteLevel':
      return 3;
    case 'Precompiled':
      return 18;
    case 'TemplateProcessing': {
      const sequences = (Array.isArray(part.single) ? part.single : []).filter(
        (x) => isPart(x) && 'Sequence' in x,
      );
      return Math.max(1, sequences.length);
    }
    default:
      return 1;
  }
}

function isPart(x: unknown): x is Part {
  return typeof x === 'object' && x !== null && !Array.isArray(x);
}

function tooMuch(where: string, expected: string, got: string | number): never {
  fail('model-limit', {
    who: 'tokenizer.json',
    where,
    message: 'this part does far more to a text than any known tokenizer',
    expected,
    got,
  });
}
