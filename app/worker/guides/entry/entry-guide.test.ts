import { describe, expect, it } from 'vitest';
import { EntryGuide, readEntry } from './entry-guide.ts';
import { scriptedModel } from '../scripted-model.ts';

function said(...wants: readonly string[]) {
  const model = scriptedModel();
  return model.answer(new EntryGuide(model), wants);
}

describe('the form of an entry', () => {
  it('has a part of speech of the list, a translation and a meaning, each after its label', () => {
    const { text, stop } = said(' noun\nTranslation: Ufer\nMeaning: der Rand eines Flusses\nExample: none');
    expect(text).toBe(' noun\nTranslation: Ufer\nMeaning: der Rand eines Flusses');
    expect(stop).toBe('guide');
  });

  it('writes labels for a model that does not, and ends lines that become prose', () => {
    const { text } = said(
      ' noun phrase of sorts',
      ' noun\nTranslation: das Ufer des Flusses und auch eine Bank im Park\nMeaning',
      ' noun\nTranslation: das Ufer des Flusses und auch\nMeaning: der Rand des Wassers, an dem man sitzt und auf die Boote sieht, die dort am Abend ankommen',
    );
    const lines = text.split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[1]!.split(' ').length).toBeLessThanOrEqual(7);
    expect(lines[2]!.split(' ').length).toBeLessThanOrEqual(17);
  });

  it('chooses among the parts of speech only', () => {
    const { text } = said(' thing', ' adverb\nTranslation: schnell\nMeaning: mit Eile\n');
    expect(text.split('\n')[0]).toBe(' adverb');
  });

  it('does not leave a line empty', () => {
    const { text } = said(' verb\nTranslation:\n', ' verb\nTranslation: gehen\nMeaning: sich bewegen\n');
    expect(text).toBe(' verb\nTranslation: gehen\nMeaning: sich bewegen');
  });
});

describe('reading an entry', () => {
  it('is possible as far as it is written', () => {
    expect(readEntry(' noun')).toBeUndefined();
    expect(readEntry(' noun\nTranslation: ')).toBeUndefined();
    expect(readEntry(' noun\nTranslation: „Ufer“.')).toEqual({ wordClass: 'noun', translation: 'Ufer' });
    expect(readEntry(' noun\nTranslation: Ufer\nMeaning: der Rand  eines Flusses.')).toEqual({
      wordClass: 'noun',
      translation: 'Ufer',
      sense: 'der Rand eines Flusses',
    });
  });

  it('leaves out a meaning that says the translation again, and a part of speech that is none', () => {
    expect(readEntry(' thing\nTranslation: Ufer\nMeaning: ufer')).toEqual({ translation: 'Ufer' });
  });
});
