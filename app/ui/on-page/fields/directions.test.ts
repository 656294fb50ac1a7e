import { describe, expect, it } from 'vitest';
import { directionsOf, languageOfWritten, writtenTarget } from './directions.ts';

const detector =
  (languages: readonly (readonly [string, number])[], isReliable = false) =>
  async () => ({
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
  const likely = { page: 'fr', own: 'de' };
  const text = 'Danke sehr';
  it('is what it surely is, not what the page declares', async () => {
    expect(await languageOfWritten({ text, lang: 'fr' }, likely, detector([['de', 99]], true))).toBe('de');
  });

  it('is a likely one if nobody is sure', async () => {
    const unsure = detector([
      ['nl', 50],
      ['de', 40],
    ]);
    expect(await languageOfWritten({ text, lang: 'fr' }, likely, unsure)).toBe('de');
    const common = { text: 'Das ist gut' };
    expect(await languageOfWritten(common, likely, detector([['nl', 50]]))).toBe('de');
  });

  it('is unknown where the two differ, whatever the page declares', async () => {
    expect(await languageOfWritten({ text, lang: 'fr' }, likely, undefined)).toBeUndefined();
    const one = { page: 'de-AT', own: 'de' };
    expect(await languageOfWritten({ text, lang: 'fr' }, one, undefined)).toBe('fr');
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
