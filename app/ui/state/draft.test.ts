import '../../testing/dom.ts';
import { expect, it } from 'vitest';
import { draft, forgetDraft, keepDraft, storeDraft } from './draft.ts';

it('is gone at once when all is erased, also what was typed a moment before', () => {
  keepDraft('Why do linnets sing?');
  storeDraft();
  expect(localStorage.getItem('linnet:draft')).toBe('Why do linnets sing?');
  keepDraft('Why do linnets sing in spring?');
  forgetDraft();
  expect(localStorage.getItem('linnet:draft')).toBeNull();
  storeDraft();
  expect([draft(), localStorage.getItem('linnet:draft')]).toEqual(['', null]);
});
