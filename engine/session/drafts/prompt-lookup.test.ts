import { expect, test } from 'vitest';
import { createLookup } from './prompt-lookup.ts';

test.each([
  ['no repeated pair', [1, 2, 3, 4], 4, []],
  ['a single repeated token is not enough', [7, 1, 2, 7], 4, []],
  ['returns what followed the pair', [1, 2, 3, 4, 5, 1, 2], 3, [3, 4, 5]],
  ['stops at the end of the text', [1, 2, 3, 1, 2], 8, [3, 1, 2]],
  ['prefers the latest of equal matches', [1, 2, 8, 1, 2, 9, 1, 2], 1, [9]],
  ['prefers the longest match', [5, 1, 2, 8, 6, 1, 2, 9, 5, 1, 2], 1, [8]],
  ['a text of one token', [1], 3, []],
])('%s', (_, ids, count, expected) => {
  expect(createLookup(ids).next(count)).toEqual(expected);
  const incremental = createLookup([]);
  for (const id of ids) incremental.push(id);
  expect(incremental.next(count)).toEqual(expected);
});

test('what is truncated predicts nothing', () => {
  const ids = [1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 9, 1, 2];
  const lookup = createLookup(ids);
  for (let length = ids.length; length >= 0; length--) {
    lookup.truncate(length);
    expect(lookup.next(4)).toEqual(createLookup(ids.slice(0, length)).next(4));
  }
  for (const id of ids) lookup.push(id);
  expect(lookup.next(4)).toEqual(createLookup(ids).next(4));
});
