import { expect, test } from 'vitest';
import { inChunks } from './pacing.ts';
import { programsFor, rangesOf } from './programs.ts';

test('chunks come in order, at most two in flight', async () => {
  const log: string[] = [];
  let landed = 0;
  let flying = 0;
  await inChunks(
    10,
    { chunk: 4, onChunk: (done, total) => log.push(`${done}/${total}`) },
    (first, count) => {
      flying++;
      log.push(`${first}+${count}`);
      expect(flying - landed).toBeLessThanOrEqual(2);
    },
    async () => {
      await Promise.resolve();
      landed++;
    },
  );
  expect(log).toEqual(['0+4', '4/10', '4+4', '8/10', '8+2', '10/10']);
});

test('a stop takes effect before the next chunk; a failure of the GPU is heard', async () => {
  const stop = new AbortController();
  const firsts: number[] = [];
  const submit = (first: number) => {
    firsts.push(first);
    if (first === 4) stop.abort();
  };
  const pace = { chunk: 4, signal: stop.signal };
  await expect(inChunks(20, pace, submit, async () => {})).rejects.toMatchObject({ code: 'request-aborted' });
  expect(firsts).toEqual([0, 4]);
  const lost = async () => {
    throw new Error('lost');
  };
  await expect(inChunks(20, { chunk: 4 }, () => {}, lost)).rejects.toThrow('lost');
});

test.each([
  [1, ['1…1']],
  [5, ['1…1', '2…5']],
  [8, ['1…1', '2…8']],
  [128, ['1…1', '2…8', '9…128']],
])('programs for up to %i tokens, each made once', async (longest, expected) => {
  expect(rangesOf(longest).map(({ min, max }) => `${min}…${max}`)).toEqual(expected);
  const destroyed: number[] = [];
  const programs = programsFor(longest, async (range) => ({
    range,
    dispatchCount: 0,
    mostDispatches: 0,
    choices: [],
    run: () => {},
    destroy: () => destroyed.push(range.min),
  }));
  for (let s = 1; s <= longest; s++) {
    const { min, max } = (await programs.get(s)).range;
    expect(min <= s && s <= max).toBe(true);
  }
  expect(programs.made().length).toBe(expected.length);
  expect(() => programs.get(longest + 1)).toThrow('no program for so many tokens');
  programs.destroy();
  expect(destroyed.length).toBe(expected.length);
});
