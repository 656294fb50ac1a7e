import { describe, expect, it } from 'vitest';
import { directionsOf, languageOfWritten, writtenTarget } from './directions.ts';

const detector = (languages: readonly (readonly [string, number])[], isReliable = false) => async () => ({
  isReliable,
  languages: languages.map(([language, percentage]) => ({ language, percentage })),
});

describe('both directions', () => {
  it('are the page’s language and the person’s, where they differ', () => {
    expect(directionsOf('fr-CA', { language: 'de' })).toEqual({ page: 'fr', own: 'de' });
    expect(directionsOf('de-AT', { language: 'de' })).toBeUndefined();
    expect(directionsOf(undefined, { language: 'de' })).toBeUndefined();
    // Texts are not translated into it.
    expect(directionsOf('cy', { language: 'de' })).toBeUndefined();
  });
});

describe('the language of what is written', () => {
  const text = 'Danke sehr';
  it('is what it surely is, not what the page declares', async () => {
    expect(await languageOfWritten({ text, lang: 'fr' }, [], detector([['de', 99]], true))).toBe('de');
  });

  it('is a likely one if nobody is sure', async () => {
    const unsure = detector([
      ['nl', 50],
      ['de', 40],
    ]);
    expect(await languageOfWritten({ text, lang: 'fr' }, ['fr', 'de'], unsure)).toBe('de');
  });

  it('is the declared one at last', async () => {
    expect(await languageOfWritten({ text, lang: 'fr' }, ['fr', 'de'], undefined)).toBe('fr');
    expect(await languageOfWritten({ text }, ['fr', 'de'], detector([['nl', 50]]))).toBeUndefined();
  });
});

describe('into which language it goes', () => {
  const directions = { page: 'fr', own: 'de' };
  const languages = { language: 'de', secondLanguage: 'en' };
  it.each([
    // Typed in the person's language, or in one that nobody knows.
    ['de', 'fr'],
    [undefined, 'fr'],
    // What is there in the page's language, or in a third one.
    ['fr', 'de'],
    ['nl', 'de'],
  ] as const)('from %s: %s', (from, to) => {
    expect(writtenTarget(from, directions, languages)).toBe(to);
  });

  it('without two directions as everywhere', () => {
    expect(writtenTarget('de', undefined, languages)).toBe('en');
  });
});
