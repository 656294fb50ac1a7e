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
])('a line that is %s ends what is trusted; as the first line it makes no journal', (_, line) => {
  const far = lineOf({ ...START, done: 8, finished: [] });
  expect(parseJournal(bytesOf(first, line, far))).toMatchObject({ position: START });
  expect(parseJournal(bytesOf(first, step, line, far))).toMatchObject({
    position: { done: 4 },
    end: { bytes: first.length + step.length },
  });
  expect(parseJournal(bytesOf(line, step))).toBeUndefined();
});

/** A journal with its head twice, as an import writes it, and the places where its lines end. */
async function several(): Promise<{ bytes: Uint8Array; ends: number[] }> {
  const storage = memoryStorage();
  const log = await journalWriter(await storage.create('j'), { head: { ...head, identity: '' } });
  await log.begin(head);
  for (const done of [1, 2, 3]) await log.add({ ...START, done, tensor: done }, [[done]], done === 3);
  const bytes = storage.files.get('j') as Uint8Array;
  return { bytes, ends: [...bytes].flatMap((byte, i) => (byte === 0x0a ? [i + 1] : [])) };
}

test('whatever byte is flipped and wherever it is cut: exactly the lines before count', async () => {
  const { bytes, ends } = await several();
  const before = (at: number) => ends.findLastIndex((end) => end <= at);
  const expectLines = (damaged: Uint8Array, last: number, what: string) => {
    const read = parseJournal(damaged);
    if (last < 0) return expect(read, what).toBeUndefined();
    expect(read?.position.done, what).toBe(Math.max(0, last - 1));
    expect(read?.finished, what).toHaveLength(Math.max(0, last - 1));
    expect(read?.head.identity, what).toBe(last === 0 ? '' : 'x');
    expect(read?.end.bytes, what).toBe(ends[last]);
  };
  expectLines(bytes, 4, 'whole');
  for (let at = 0; at < bytes.length; at++) {
    for (const flip of [1, 0x20]) {
      const flipped = bytes.map((byte, i) => (i === at ? byte ^ flip : byte));
      expectLines(flipped, before(at), `byte ${at} ^ ${flip}`);
    }
    expectLines(bytes.subarray(0, at), before(at), `cut at ${at}`);
  }
});

test('a line that is missing, doubled, or left from a longer journal does not count', async () => {
  const { bytes, ends } = await several();
  const lines = ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end));
  const done = (...kept: number[]) => {
    const parts = kept.map((i) => lines[i] as Uint8Array);
    return parseJournal(Uint8Array.from(parts.flatMap((part) => [...part])))?.position.done;
  };
  expect(done(0, 1, 2, 3, 4)).toBe(3);
  expect(done(0, 1, 2, 4)).toBe(1);
  expect(done(0, 1, 2, 2, 3)).toBe(1);
  expect(done(0, 1, 3, 4)).toBe(0);
});

test('a journal that an earlier version wrote is read, and goes on with checksums', async () => {
  const storage = memoryStorage();
  const old = bytesOf(first, lineOf({ ...START, done: 4, tensor: 1, finished: [[7]] }));
  await (await storage.create('j')).write(0, old);
  const before = parseJournal(old)!;
  expect(before).toMatchObject({ head, position: { done: 4 }, finished: [[7]] });
  const log = await journalWriter(await storage.reopen('j'), { end: before.end });
  await log.add({ ...START, done: 6, tensor: 2 }, [[8]], true);
  await log.close();
  const grown = storage.files.get('j') as Uint8Array;
  expect(parseJournal(grown)).toMatchObject({ position: { done: 6 }, finished: [[7], [8]], paused: true });
  // Once a line has a checksum, one without is not trusted.
  const plain = bytesOf(lineOf({ ...START, done: 9, tensor: 2, finished: [] }));
  expect(parseJournal(Uint8Array.from([...grown, ...plain]))?.position.done).toBe(6);
  const flipped = grown.map((byte, i) => (i === first.length + 12 ? byte ^ 1 : byte));
  expect(parseJournal(flipped)?.position.done).not.toBe(6);
});

test('what is appended after a damaged line replaces it, and older lines behind it do not come back', async () => {
  const { bytes, ends } = await several();
  const storage = memoryStorage();
  await (await storage.create('j')).write(
    0,
    bytes.map((byte, i) => (i === (ends[1] as number) + 3 ? byte ^ 1 : byte)),
  );
  const { end } = parseJournal(storage.files.get('j') as Uint8Array)!;
  const log = await journalWriter(await storage.reopen('j'), { end });
  // Of the same length as the damaged line, so that the old line after it begins in the right place.
  await log.add({ ...START, done: 9, tensor: 1 }, [[1]], false);
  expect(parseJournal(storage.files.get('j') as Uint8Array)?.position).toMatchObject({ done: 9, tensor: 1 });
});

test('attempts are counted until the import gets further than before, over all heads', async () => {
  const storage = memoryStorage();
  const log = await journalWriter(await storage.create('j'), { head });
  const attempts = () => parseJournal(storage.files.get('j') as Uint8Array)?.attempts;
  expect(attempts()).toBe(0);
  await log.attempt(1);
  expect(attempts()).toBe(1);
  await log.begin({ ...head, identity: '' });
  expect(attempts()).toBe(1);
  await log.add({ ...START, done: 4 }, [], false);
  expect(attempts()).toBe(0);
  await log.attempt(1);
  // It starts over, and gets no further than before.
  await log.begin(head);
  await log.add({ ...START, done: 4 }, [], false);
  expect(attempts()).toBe(1);
  await log.attempt(2);
  await log.add({ ...START, done: 5 }, [], false);
  expect(attempts()).toBe(0);
  await log.attempt(1);
  await log.attempt(0);
  expect(parseJournal(storage.files.get('j') as Uint8Array)).toMatchObject({
    attempts: 0,
    position: { done: 5 },
  });
});
