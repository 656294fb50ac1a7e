import { expect, test } from 'vitest';
import { chunkRows, programsFor, rangesOf } from './programs.ts';

test.each([
  [1, ['1…1']],
  [5, ['1…1', '2…5']],
  [8, ['1…1', '2…8']],
  [128, ['1…1', '2…8', '9…128']],
])('programs for up to %i tokens, each made once', (longest, expected) => {
  expect(rangesOf(longest).map(({ min, max }) => `${min}…${max}`)).toEqual(expected);
  const destroyed: number[] = [];
  const programs = programsFor(longest, (range) => ({
    range,
    dispatchCount: 0,
    mostDispatches: 0,
    nodes: [],
    choices: [],
    ready: () => undefined,
    begin: () => 0,
    submit: () => {},
    destroy: () => destroyed.push(range.min),
  }));
  for (let s = 1; s <= longest; s++) {
    const { min, max } = programs.get(s).range;
    expect(min <= s && s <= max).toBe(true);
  }
  expect(programs.made().length).toBe(expected.length);
  expect(() => programs.get(longest + 1)).toThrow('no program for so many tokens');
  programs.destroy();
  expect(destroyed.length).toBe(expected.length);
});

test('what nobody asked for is begun once, and at once; its error is for who asks', () => {
  const begun: number[] = [];
  const programs = programsFor(128, ({ min }) => {
    begun.push(min);
    throw new Error(`program from ${min}`);
  });
  expect(() => programs.get(1)).toThrow('program from 1');
  programs.rest();
  programs.rest();
  expect(begun).toEqual([1, 1, 2, 9]);
  expect(() => programs.get(5)).toThrow('program from 2');
});

test.each([
  [5, 128, [5]],
  [128, 128, [128]],
  [129, 128, [120, 9]],
  [136, 128, [127, 9]],
  [137, 128, [128, 9]],
  [260, 128, [128, 123, 9]],
  [20, 16, [16, 4]], // chunks of polite pace stay short
])('%i tokens in chunks of at most %i: the last one is of many rows', (tokens, most, expected) => {
  const chunks: number[] = [];
  for (let left = tokens; left > 0; left -= chunks.at(-1) as number) chunks.push(chunkRows(left, most));
  expect(chunks).toEqual(expected);
});
