import { expect, test } from 'vitest';
import { type JournalHead, journalWriter, parseJournal, START } from './journal.ts';
import { memoryStorage } from './storage-memory.ts';

const head: JournalHead = {
  id: 'a',
  name: 'A',
  weights: 'f32',
  identity: 'x',
  total: 9,
  bytes: 9,
  startedAt: 5,
};

const lineOf = (value: unknown) => `${JSON.stringify(value)}\n`;
const bytesOf = (...lines: string[]) => new TextEncoder().encode(lines.join(''));
const first = lineOf({ format: 'model-import/1', ...head });
const step = lineOf({ ...START, done: 4, finished: [] });

async function written(): Promise<Uint8Array> {
  const storage = memoryStorage();
  const log = await journalWriter(await storage.create('j'), { head });
  await log.add({ ...START, done: 4 }, [], true);
  await log.close();
  return storage.files.get('j') as Uint8Array;
}

test('what was written is read: the head, the last position, and a pause', async () => {
  expect(parseJournal(await written())).toMatchObject({ head, position: { done: 4 }, paused: true });
});

test("the tag may have another producer's name, as earlier versions wrote", () => {
  const tagged = (format: string) => parseJournal(bytesOf(lineOf({ format, ...head }), step));
  expect(tagged('earlier-import/1')?.position.done).toBe(4);
  for (const other of ['earlier-import/2', 'earlier-store/1', 'import/1', '-import/1', 1]) {
    expect(tagged(other as string), String(other)).toBeUndefined();
  }
});

test.each([
  ['null', 'null\n'],
  ['a number', '7\n'],
  ['a string', '"done"\n'],
  ['a list', '[]\n'],
  ['no JSON', '{"tensor":\n'],
])('a line that is %s, not an object, makes no journal', (_, line) => {
  expect(parseJournal(bytesOf(first, line))).toBeUndefined();
  expect(parseJournal(bytesOf(first, step, line))).toBeUndefined();
  expect(parseJournal(bytesOf(line, step))).toBeUndefined();
});
