import { describe, expect, it } from 'vitest';
import { targetFor } from './target-language.ts';

describe('the language to translate into', () => {
  it('is the chosen one, or the previous one if the text is already in the chosen one', () => {
    expect(targetFor('en', { language: 'de' })).toBe('de');
    expect(targetFor('de-AT', { language: 'de', secondLanguage: 'en' })).toBe('en');
    expect(targetFor(undefined, { language: 'de' })).toBe('de');
  });

  it('is undefined if the text is in all of them', () => {
    expect(targetFor('de', { language: 'de' })).toBeUndefined();
    expect(targetFor('de', { language: 'de', secondLanguage: 'de-AT' })).toBeUndefined();
  });
});
