/** Which expressions of tokenizer.json run on the platform's matcher, which is several times as fast. */
import { expect, test } from 'vitest';
import { linearTokenizer } from './linear-tokenizer.ts';
import { LinearRegex } from './regex/linear-regex.ts';
import { checkTokenizerJson } from './tokenizer-json.ts';

const split = (Regex: string) => ({
  type: 'Split',
  pattern: { Regex },
  behavior: 'Isolated',
  invert: false,
});

/** The pattern of a pre-tokenizer after a tokenizer was made of it. */
function patternOf(pre_tokenizer: object): unknown {
  const model = { type: 'BPE', vocab: { a: 0 }, merges: [] };
  const { pre_tokenizer: made } = linearTokenizer(checkTokenizerJson({ model, pre_tokenizer }), {});
  return (made as unknown as { pattern?: unknown }).pattern;
}

test.each([
  [
    'Llama 3',
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
  ],
  [
    'Qwen 2 and 3',
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
  ],
])('that of %s does', (_, expression) => {
  expect(patternOf(split(expression))).toBeInstanceOf(RegExp);
});

test.each(['(a+)+$', '\\p{N}{1,3}'])('%s does not: it is not known to be harmless', (expression) => {
  expect(patternOf(split(expression))).toBeInstanceOf(LinearRegex);
});

test('a text that is searched for, and digits, need no other matcher', () => {
  expect(patternOf({ ...split(''), pattern: { String: ' ' } })).not.toBeInstanceOf(LinearRegex);
  expect(patternOf({ type: 'Digits', individual_digits: true })).not.toBeInstanceOf(LinearRegex);
});
