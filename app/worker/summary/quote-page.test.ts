import { expect, it } from 'vitest';
import { summaryOfQuotes } from './quote-page.ts';

const entries = ['Added granite', 'Is it sold?', 'He said: “It is.”', '花崗岩を追加', 'See the note.[3]'];

it('a paragraph of the page’s own lines ends each of them like a sentence', () => {
  expect(summaryOfQuotes(entries, { type: 'tldr', length: 'long' })).toBe(
    'Added granite. Is it sold? He said: “It is.” 花崗岩を追加。See the note.[3]',
  );
});

it('points and headlines stay as they are on the page', () => {
  expect(summaryOfQuotes(entries.slice(0, 2), { type: 'key-points', length: 'short' })).toBe(
    '- Added granite\n- Is it sold?',
  );
  expect(summaryOfQuotes(['Added granite'], { type: 'headline', length: 'short' })).toBe('Added granite');
});
