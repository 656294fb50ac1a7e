import { describe, expect, it } from 'vitest';
import { guessedBetween, type Tag, textsBetween } from './place-marks.ts';

const pair = (id: number, from: number, to: number, text: string): Tag[] => [
  { kind: 'open', id, share: from, text },
  { kind: 'close', id, share: to, text },
];

describe('texts between marks', () => {
  const tags = [...pair(1, 0.1, 0.3, 'Iris'), ...pair(2, 0.6, 0.9, 'red chair')];

  it('are those of an answer that keeps the marks in their order', () => {
    expect(textsBetween(tags, 'Da <1>Iris</1> fand <2>Stuhl</2>.')).toEqual([
      'Da ',
      'Iris',
      ' fand ',
      'Stuhl',
      '.',
    ]);
    expect(textsBetween(tags, '<2>Stuhl</2> <1>Iris</1>')).toBeUndefined();
  });

  it('are guessed by words that are the same, and by their share of the text', () => {
    const between = guessedBetween(
      tags,
      'Here Iris found a red chair.',
      'Hier fand Iris einen roten Stuhl.',
    )!;
    expect(between.join('')).toBe('Hier fand Iris einen roten Stuhl.');
    expect(between[1]).toBe('Iris');
    expect(between[3]!.trim()).not.toBe('');
  });

  it('give each mark a word, even at the end', () => {
    const all = [...pair(1, 0.8, 0.9, 'a'), ...pair(2, 0.9, 1, 'b')];
    const between = guessedBetween(all, 'x y z a b', 'eins zwei drei')!;
    expect(between.join('')).toBe('eins zwei drei');
    expect(between[3]).toBe('drei');
  });

  it('never lose a fixed word: the answer’s own is taken, or it gets a place', () => {
    const fixed: Tag[] = [{ kind: 'fixed', id: 1, share: 0.5, text: 'Red Hat' }];
    expect(guessedBetween(fixed, 'by Red Hat now', 'von Red Hat jetzt')).toEqual(['von ', ' jetzt']);
    expect(guessedBetween(fixed, 'by Red Hat now', 'von Roter jetzt')!.join('Red Hat')).toMatch(/ Red Hat /);
  });

  it('says so if words that are the same have another order', () => {
    const names = [...pair(1, 0, 0.3, 'Max'), ...pair(2, 0.6, 1, 'Emma')];
    expect(guessedBetween(names, 'Max and Emma', 'Emma und Max')).toBeUndefined();
  });

  it('splits languages without spaces between characters', () => {
    const between = guessedBetween(
      pair(1, 0.4, 0.8, 'red chair'),
      'found a red chair here',
      '赤い椅子を見つけた',
    )!;
    expect(between.join('')).toBe('赤い椅子を見つけた');
    expect(between[1]!.length).toBeGreaterThan(1);
  });
});
