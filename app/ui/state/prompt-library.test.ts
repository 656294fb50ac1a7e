import { en } from '../../i18n/en.ts';
import { describe, expect, it } from 'vitest';
import { useTexts } from '../../i18n/index.ts';
import de from '../../i18n/locales/de.json' with { type: 'json' };
import { choices, library, named, promptName } from './prompt-library.ts';

describe('saved prompts', () => {
  const own = [{ name: 'Résumé', text: 'In my words.' }];

  it('are the own and the built-in ones, each name once', () => {
    expect(library(own, true).map(({ name }) => name)).toEqual([
      'Résumé',
      'summarise',
      'explain',
      'facts',
      'questions',
    ]);
    const mine = library([{ name: 'Explain', text: 'Like a poem.' }], false);
    expect(mine.map(({ text }) => text)[0]).toBe('Like a poem.');
    expect(mine.filter(({ name }) => name.toLowerCase() === 'explain')).toHaveLength(1);
  });

  it('are found by the first letters after a slash, without regard to case and accents', () => {
    const names = (typed: string) => choices(typed, library(own, true)).map(({ name }) => name);
    expect(names('/')).toHaveLength(5);
    expect(names('/SU')).toEqual(['summarise']);
    expect(names('/resu')).toEqual(['Résumé']);
    for (const typed of ['', 'su', ' /su', '/su now', '/x']) expect(names(typed), typed).toEqual([]);
  });

  it('are found by their English names in every language', () => {
    useTexts('de', de);
    try {
      const entries = library([], true);
      const summarise = entries.find(({ action }) => action === 'summarise')!;
      expect(summarise.name).not.toBe('summarise');
      for (const typed of ['/summ', '/summarise', '/Summarize', `/${summarise.name}`])
        expect(choices(typed, entries), typed).toEqual([summarise]);
      expect(named(' /summarise ', entries)).toBe(summarise);
      expect(named('/summ', entries)).toBeUndefined();
      expect(named('summarise', entries)).toBeUndefined();
    } finally {
      useTexts('en', en);
    }
  });

  it('have names of one word without a slash', () => {
    expect(promptName(' /to do ')).toBe('to-do');
  });
});
