import { expect, it } from 'vitest';
import { askByLines } from './ask-lines.ts';

async function asked(source: string, json = false) {
  const lines: string[] = [];
  const ask = async (line: string) => {
    lines.push(line);
    return { text: line.toUpperCase(), note: '' };
  };
  return { lines, text: (await askByLines(source, ask, () => {}, json))?.text };
}

it('asks for each line without its signs, and not for empty ones', async () => {
  expect(await asked('one day\n\n> - two days\n1. three days\n12')).toEqual({
    lines: ['one day', 'two days', 'three days'],
    text: 'ONE DAY\n\n> - TWO DAYS\n1. THREE DAYS\n12',
  });
});

it('joins lines that are only broken because they are full, and breaks the answer as they were', async () => {
  const full = 'The crane on the east quay is closed until\nthe end of the month.\nThe boats come back.';
  const { lines, text } = await asked(full);
  expect(lines).toEqual([
    'The crane on the east quay is closed until the end of the month.',
    'The boats come back.',
  ]);
  expect(text).toBe(full.toUpperCase());
});

it('asks for a text as a whole if a mark spans lines', async () => {
  expect((await asked('one <1>day\ntwo</1> days')).lines).toEqual(['one <1>day\ntwo</1> days']);
});

it('asks for the values of JSON that have words', async () => {
  expect(await asked('{"the key": "two \\"red\\" chairs", "id": "a1", "n": [1, "old tree"]}', true)).toEqual({
    lines: ['two "red" chairs', 'old tree'],
    text: '{"the key": "TWO \\"RED\\" CHAIRS", "id": "a1", "n": [1, "OLD TREE"]}',
  });
});

it('ends where it was stopped', async () => {
  expect(
    await askByLines(
      'one day\ntwo days',
      async () => undefined,
      () => {},
      false,
    ),
  ).toBeUndefined();
});
