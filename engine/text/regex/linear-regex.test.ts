import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../tensor/random.ts';
import { LinearRegex } from './linear-regex.ts';
import { REGEX_STEPS } from './search.ts';

const regex = (source: string) => new LinearRegex(source, 'a test');

/** The places that the platform finds. An empty one is left out where a match ends, as Oniguruma does. */
function platform(text: string, expression: RegExp): [number, string][] {
  const found: [number, string][] = [];
  let last = -1;
  for (expression.lastIndex = 0; expression.lastIndex <= text.length; ) {
    const from = expression.lastIndex;
    const match = expression.exec(text);
    if (match === null) break;
    const end = match.index + match[0].length;
    if (match[0] !== '' || end !== last) {
      found.push([match.index, match[0]]);
      last = end;
      expression.lastIndex = end;
    } else expression.lastIndex = from + ((text.codePointAt(from) ?? 0) > 0xffff ? 2 : 1);
  }
  return found;
}

function ours(text: string, expression: LinearRegex): [number, string][] {
  return expression.matches(text).map(({ start, end }) => [start, text.slice(start, end)]);
}

const TEXTS = [
  '',
  'a',
  'A siskin reads 12 pages, für Dich.\n',
  "I'll   say: it's\r\n\r\n  1234567 😀😀 \ud83d x\ude00",
  '   \n  \t\n\n a  ',
  '日本語のテキスト。Ünï-cödé',
];

describe('a linear expression finds what the platform finds', () => {
  test.each([
    String.raw`(?:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
    String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`,
    String.raw`[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?:'[sS])?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s+`,
    String.raw`(?<=\s)\S|(?<![\s\S])\S|(?=\n?(?![\s\S]))`,
    String.raw`\p{White_Space}{2,}|\u{1F600}|\x41|[\u3040-\u30ff]+?`,
    String.raw`\A\p{L}|\S\z|(?<word>\d{2}){1,2}?`,
    '',
  ])('%s', (source) => {
    // The platform lets some expressions match nothing inside of a pair of surrogates.
    const texts = source.includes('(?<') || source === '' ? TEXTS.map((t) => t.replaceAll('😀', 'é')) : TEXTS;
    for (const text of texts) {
      const own = source.replaceAll('\\A', '^').replaceAll('\\z', '$');
      expect(ours(text, regex(source)), text).toEqual(platform(text, new RegExp(own, 'gu')));
    }
  });

  const random = (seed: number) => {
    const next = seededRandom(seed);
    const below = (n: number) => Math.floor(next() * n);
    const pick = (list: readonly string[]) => list[below(list.length)] as string;
    const term = (depth: number): string => {
      const kind = depth > 2 ? 0 : below(8);
      if (kind < 3) return pick(['a', 'b', 'c', '[ab]', '[^a]', '\\p{L}', '\\s', 'é']);
      if (kind === 3) return `${pick(['(?=', '(?!', '(?<=', '(?<!'])}${choice(depth + 1)})`;
      if (kind === 4) return pick(['^', '$', '']);
      const group = `(?:${choice(depth + 1)})`;
      return group + pick(['', '*', '+', '?', '*?', '+?', '??', '{2}', '{1,3}', '{0,2}?', '{2,}']);
    };
    const sequence = (depth: number): string => Array.from({ length: below(4) }, () => term(depth)).join('');
    const choice = (depth: number): string =>
      Array.from({ length: 1 + below(3) }, () => sequence(depth)).join('|');
    const text = () => Array.from({ length: below(12) }, () => pick(['a', 'b', 'c', ' ', 'é'])).join('');
    return { source: choice(0), texts: Array.from({ length: 4 }, text) };
  };
  test.each([1, 2])('random expressions, series %i', (series) => {
    for (let i = 0; i < 400; i++) {
      const { source, texts } = random(series * 10_000 + i);
      for (const text of texts) {
        const expected = platform(text, new RegExp(source, 'gu'));
        expect(ours(text, regex(source)), `/${source}/ on ${JSON.stringify(text)}`).toEqual(expected);
      }
    }
  });
});

describe('an expression that goes back exponentially elsewhere takes steps in proportion to the text', () => {
  test.each([
    ['(a+)+$', 'a'],
    ['(a|a)*b', 'a'],
    ['(a|aa)+$', 'a'],
    ['(.*a){12}b', 'a'],
    ['([a-z]+)*\\d', 'abc'],
    ['(\\s*\\S*)*!', 'a b'],
    ['a*a*a*a*a*b', 'a'],
    ['(?=(a+)+b)c', 'a'],
    ['(?<!(a|a)*b)c', 'a'],
    ['(a?){40}a{40}', 'a'],
  ])('%s', (source, unit) => {
    const steps = [500, 1000, 2000].map((count) => {
      const expression = regex(source);
      expression.matches(`${unit.repeat(count)}x`);
      return expression.steps;
    });
    const [small, middle, large] = steps as [number, number, number];
    // Twice the text takes at most twice the steps, and a few for its end.
    expect(middle).toBeLessThan(2 * small + 2000);
    expect(large).toBeLessThan(2 * middle + 2000);
  });

  test('one that looks far ahead from every place stops at its budget', () => {
    const expression = regex('(?=.*b)c');
    const text = `${'a'.repeat(5000)}b`;
    expect(() => expression.matches(text)).toThrow(expect.objectContaining({ code: 'model-limit' }));
    expect(expression.steps).toBeLessThan(REGEX_STEPS.base + REGEX_STEPS.perUnit * text.length + 2);
    // It can be used again.
    expect(ours('cb c', expression)).toEqual([[0, 'c']]);
    expect(regex('(?=.*b)a').matches('aab')).toHaveLength(2);
  });
});

describe('an expression that is too large or not supported is refused by name', () => {
  test.each([
    ['(?:a{1000}){1000}', 'model-limit'],
    ['((((a{50}){50}){50}){50}){50}', 'model-limit'],
    ['a{9999999999}', 'model-limit'],
    ['(?:){9999999999}', 'model-limit'],
    [`${'['.repeat(5000)}a${']'.repeat(5000)}`, 'tokenizer-damaged'],
    [`${'('.repeat(5000)}a${')'.repeat(5000)}`, 'model-limit'],
    ['a'.repeat(70_000), 'model-limit'],
    ['(a)\\1', 'tokenizer-damaged'],
    ['\\k<a>', 'tokenizer-damaged'],
    ['(?m:a)', 'tokenizer-damaged'],
    ['\\Ga', 'tokenizer-damaged'],
    ['[[:nonsense:]]', 'tokenizer-damaged'],
    ['(?:(?>a?))*', 'tokenizer-damaged'],
    ['[a', 'tokenizer-damaged'],
    ['[z-a]', 'tokenizer-damaged'],
    ['\\p{Nonsense}', 'tokenizer-damaged'],
    ['(a', 'tokenizer-damaged'],
    ['a)', 'tokenizer-damaged'],
    ['*', 'tokenizer-damaged'],
  ])('%.40s', (source, code) => {
    expect(() => regex(source)).toThrow(expect.objectContaining({ code }));
  });
});
