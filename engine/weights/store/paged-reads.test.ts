import { expect, test } from 'vitest';
import { pagedReads } from './paged-reads.ts';

const PAGE = 128 * 1024;
const file = Uint8Array.from({ length: 5 * PAGE + 1000 }, (_, i) => (i * 31) % 251);

function counted(fails: (offset: number) => boolean = () => false) {
  const asked: [number, number][] = [];
  const read = pagedReads(async (offset, length, signal) => {
    signal?.throwIfAborted();
    asked.push([offset, length]);
    if (fails(offset)) throw new Error('unplugged');
    return file.slice(offset, offset + length);
  }, file.length);
  return { asked, read };
}

test('reads any range as the file has it', async () => {
  const { read } = counted();
  for (const [offset, length] of [
    [0, 10],
    [PAGE - 5, 10],
    [PAGE, PAGE],
    [10, 2 * PAGE - 1],
    [5 * PAGE + 990, 10],
    [4 * PAGE + 1, PAGE + 999],
    [100, 3 * PAGE],
    [7, 0],
  ] as const)
    expect(Buffer.compare(await read(offset, length), file.slice(offset, offset + length))).toBe(0);
});

test('a hundred neighbours take one read, long ranges one each', async () => {
  const { asked, read } = counted();
  for (let i = 0; i < 100; i++) await read(i * 1000, 1000);
  expect(asked).toEqual([[0, PAGE]]);
  await read(50, 2 * PAGE);
  await read(50, 2 * PAGE);
  expect(asked.slice(1)).toEqual([
    [50, 2 * PAGE],
    [50, 2 * PAGE],
  ]);
});

test('two that ask at once share a read, and what each gets is its own', async () => {
  const { asked, read } = counted();
  const [one, other] = await Promise.all([read(0, 100), read(0, 100)]);
  one.fill(0);
  expect(other).toEqual(file.slice(0, 100));
  expect(await read(0, 100)).toEqual(file.slice(0, 100));
  expect(asked).toHaveLength(1);
});

test('a read that failed or was cancelled is made again', async () => {
  let broken = true;
  const { asked, read } = counted(() => broken);
  await expect(read(0, 10)).rejects.toThrow('unplugged');
  broken = false;
  expect(await read(0, 10)).toEqual(file.slice(0, 10));
  await expect(read(PAGE, 10, AbortSignal.abort())).rejects.toThrow();
  expect(await read(PAGE, 10)).toEqual(file.slice(PAGE, PAGE + 10));
  expect(asked).toHaveLength(3);
});

test('past the end it is the file that refuses', async () => {
  const { asked, read } = counted();
  await read(file.length - 5, 10);
  expect(asked).toEqual([[file.length - 5, 10]]);
});
