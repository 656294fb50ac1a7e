import { expect, test } from 'vitest';
import { createLookup } from './prompt-lookup.ts';

test.each([
  ['nothing stood before', [1, 2, 3, 4], 4, []],
  ['one token alone foretells nothing', [7, 1, 2, 7], 4, []],
  ['what followed the pair', [1, 2, 3, 4, 5, 1, 2], 3, [3, 4, 5]],
  ['as far as the text goes', [1, 2, 3, 1, 2], 8, [3, 1, 2]],
  ['the latest of equals', [1, 2, 8, 1, 2, 9, 1, 2], 1, [9]],
  ['the one that agrees longest', [5, 1, 2, 8, 6, 1, 2, 9, 5, 1, 2], 1, [8]],
  ['too short to have stood anywhere', [1], 3, []],
])('%s', (_, ids, count, expected) => {
  expect(createLookup(ids).next(count)).toEqual(expected);
  const grown = createLookup([]);
  for (const id of ids) grown.push(id);
  expect(grown.next(count)).toEqual(expected);
});
