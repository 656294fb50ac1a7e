import { expect, test } from 'vitest';
import { type ControlTokens, encodeContent } from './encode-content.ts';

const BOS = 1;
const END = 2;
const controls: ControlTokens = { spellings: ['<e>'], ids: new Set([END]) };

/** Characters by their codes; `<e>` is one id, also in capitals, as a normaliser makes it. */
const encode = (text: string, special: boolean): number[] => {
  const ids = (text.match(/<e>|<E>|[\s\S]/g) ?? []).map((p) =>
    p.length > 1 ? END : (p.codePointAt(0) as number),
  );
  return special ? [BOS, ...ids] : ids;
};
const codes = (text: string) => Array.from(text, (c) => c.codePointAt(0));
const made = (before: string, content: string, after: string, special = false) => {
  const range = [before.length, before.length + content.length] as const;
  return encodeContent({ text: before + content + after, content: [range] }, controls, special, encode);
};

test('a control token of the template stays one, the same spelling in content is text', () => {
  expect(made('a', 'b<e>c', '<e>')).toEqual([...codes('ab<e>c'), END]);
  expect(made('a', 'bc', '<e>')).toEqual([...codes('abc'), END]);
});

test.each([
  ['begins in the template', 'a<', 'e>', 'b'],
  ['ends in the template', 'a', '<e', '>b'],
])('a spelling that %s is text', (_, before, content, after) => {
  expect(made(before, content, after)).toEqual(codes(before + content + after));
});

test('a spelling that only a normaliser makes is text', () => {
  expect(made('a', 'b<E>', '<e>')).toEqual([...codes('ab<E>'), END]);
});

test('the tokens around a text are added once', () => {
  expect(made('', '<e>a', '', true)).toEqual([BOS, ...codes('<e>a')]);
});
