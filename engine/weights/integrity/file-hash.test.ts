import { expect, test } from 'vitest';
import { fileReads, type HashedPart } from './file-hash.ts';
import { sha256 } from './sha256.ts';
import { memorySource } from '../sources/memory-source.ts';

const MB = 1e6;
const file = (name: string, size: number, hash: string | undefined = 'f'.repeat(64)) => ({
  ...memorySource(name, new Uint8Array(0)),
  size,
  ...(hash === '' ? {} : { sha256: hash }),
});
const stateAt = (bytes: number) => {
  const { words } = sha256().state();
  return { bytes, words, rest: Array<number>(bytes % 64).fill(0) };
};
const part = (source: HashedPart['source'], offset: number, bytes: number, done = 0): HashedPart => ({
  source,
  offset,
  bytes,
  done,
});
/** `8-30:0` means bytes [8, 30) of part 0; without a number, bytes are read for the hash alone. */
const shown = (reads: ReturnType<typeof fileReads>) =>
  reads.map(({ stretches, hash }) => ({
    file: stretches[0]?.source.name,
    hashed: hash !== undefined,
    reads: stretches.map(
      (s) => `${s.offset}-${s.offset + s.bytes}${s.part === undefined ? '' : `:${s.part}`}`,
    ),
  }));

test('reads a file with a hash from first to last byte, others only where needed', () => {
  const a = file('a', 100);
  const b = file('b', 100, '');
  const parts = [part(a, 8, 22), part(a, 40, 10), part(b, 8, 20), part(b, 90, 5)];
  expect(shown(fileReads(parts, undefined))).toEqual([
    { file: 'a', hashed: true, reads: ['0-8', '8-30:0', '30-40', '40-50:1', '50-100'] },
    { file: 'b', hashed: false, reads: ['8-28:2', '90-95:3'] },
  ]);
});

test('continues where the parts and the hash both stopped', () => {
  const a = file('a', 100);
  const b = file('b', 100);
  const parts = [part(a, 8, 92, 92), part(b, 8, 22, 22), part(b, 40, 50, 6)];
  expect(shown(fileReads(parts, stateAt(46)))).toEqual([
    { file: 'b', hashed: true, reads: ['46-90:2', '90-100'] },
  ]);
  for (const other of [undefined, stateAt(45)]) {
    expect(shown(fileReads(parts, other))).toEqual([{ file: 'b', hashed: false, reads: ['46-90:2'] }]);
  }
});

test('still compares a file whose last byte was read before the interruption', async () => {
  const a = file('a', 50);
  const [read] = fileReads([part(a, 8, 42, 42)], stateAt(50));
  expect(read?.stretches).toEqual([]);
  await expect(read?.hash?.check()).rejects.toMatchObject({ code: 'checkpoint-damaged', who: 'a' });
});

test('reads up to a tenth of the file, or 1 MiB, for the hash alone', () => {
  const hashed = (size: number, needed: number) =>
    fileReads([part(file('a', size), 0, needed)], undefined)[0]?.hash !== undefined;
  expect(hashed(1 * MB, 1)).toBe(true);
  expect(hashed(100 * MB, 90 * MB)).toBe(true);
  expect(hashed(100 * MB, 89 * MB)).toBe(false);
});

test('reads parts in the requested order, unhashed, if it is not file order', () => {
  const a = file('a', 100);
  expect(shown(fileReads([part(a, 50, 50), part(a, 0, 50)], undefined))).toEqual([
    { file: 'a', hashed: false, reads: ['50-100:0', '0-50:1'] },
  ]);
});
