/** Tests branches over a cache whose rows are numbers: the rows must always match the ids that the cache reports. */
import { expect, test } from 'vitest';
import { createBranches } from './branches.ts';
import { type CacheRing, createCache } from './cache.ts';

/** A model of the cache. With a ring it also keeps the rows of layers with a window: position t in row t mod rows. */
function machine(capacity: number, ring?: CacheRing) {
  const rows: number[] = [];
  const held: number[] = [];
  let parked = 0;
  const cache = createCache(capacity, ring === undefined ? [] : [ring]);
  const branches = createBranches(cache, {
    rowsOfState: 0,
    park(first, count) {
      parked += count;
      const [linear, round] = [rows.slice(first, first + count), [...held]];
      return { count, linear, round, destroy: () => void (parked -= count) };
    },
    unpark(tail, first) {
      rows.splice(first, tail.count, ...tail.linear);
      held.splice(0, held.length, ...tail.round);
    },
  });
  const write = (position: number, id: number) => {
    rows[position] = id;
    if (ring !== undefined) held[position % ring.rows] = id;
  };
  const check = (ids: readonly number[]) => {
    expect(rows.slice(0, cache.length)).toEqual(ids);
    if (ring === undefined) return;
    const seen = ids.slice(1 - ring.window);
    const first = ids.length - seen.length;
    expect(seen.map((_, i) => held[(first + i) % ring.rows])).toEqual(seen);
  };
  /**
   * Acts like a request: switches to its branch, reuses rows, computes the rest, then writes `beyond` rows that do not
   * count. Returns the number of rows it computed.
   */
  const read = (name: string, ids: readonly number[], beyond = 0): number => {
    branches.switchTo(name, ids);
    const first = cache.reuse(ids);
    check(ids.slice(0, first));
    rows.length = first;
    for (let at = first; at < ids.length; at++) write(at, ids[at] as number);
    cache.append(ids.slice(first));
    for (let i = 0; i < beyond; i++) write(ids.length + i, -1);
    cache.touch(ids.length + beyond);
    check(ids);
    return ids.length - first;
  };
  return { cache, read, branches, parked: () => parked };
}

const PAGE = [1, 2, 3, 4, 5];

test('two continuations of one page each get their own rows back', () => {
  const m = machine(20);
  expect(m.read('', [...PAGE, 10, 11])).toBe(7);
  expect(m.read('b', [...PAGE, 20])).toBe(1);
  expect(m.parked()).toBe(2);
  expect(m.read('', [...PAGE, 10, 11, 12])).toBe(1);
  expect(m.read('b', [...PAGE, 20, 21, 22])).toBe(2);
  expect(m.parked()).toBe(3);
  expect(m.branches.current).toBe('b');
  m.branches.clear();
  expect(m.parked()).toBe(0);
});

test('a branch whose shared rows were overwritten keeps the rows that are still valid', () => {
  const m = machine(20);
  m.read('a', [...PAGE, 10, 11]);
  m.read('b', [...PAGE, 20]);
  expect(m.read('b', [1, 2, 9, 9])).toBe(2);
  expect(m.read('a', [...PAGE, 10, 11])).toBe(5);
});

test('parked rows are bounded, and the branch parked longest is evicted first', () => {
  const m = machine(8);
  m.read('a', [...PAGE, 10, 11]);
  m.read('b', [...PAGE, 20, 21, 22]);
  m.read('c', [...PAGE, 30, 31, 32]);
  m.read('d', [...PAGE, 40, 41]);
  expect(m.parked()).toBe(8);
  m.read('e', [...PAGE, 50]);
  expect(m.parked()).toBe(8);
  expect(m.read('d', [...PAGE, 40, 41, 42])).toBe(1);
  expect(m.read('a', [...PAGE, 10, 11])).toBe(2);
});

test('the same branch, and a branch without separate rows, park nothing', () => {
  const m = machine(20);
  m.read('', PAGE);
  m.read('', [1, 2, 7]);
  m.read('x', [1, 2, 7, 8]);
  expect(m.parked()).toBe(0);
});

test('a ring is parked whole, so a branch resumes far beyond its window', () => {
  const m = machine(60, { window: 4, rows: 10 });
  const long = (to: number, other: number) => Array.from({ length: to }, (_, i) => (i < 20 ? i : other));
  expect(m.read('a', long(30, 7))).toBe(30);
  // Twenty rows are shared, but the ring no longer holds the window before row 20.
  expect(m.read('b', long(40, 8))).toBe(40);
  expect(m.read('a', long(31, 7))).toBe(1);
  expect(m.read('b', long(42, 8))).toBe(2);
});

test('a ring counts in full toward the bound of parked rows', () => {
  const m = machine(20, { window: 4, rows: 10 });
  for (const [i, name] of ['a', 'b', 'c', 'd'].entries()) m.read(name, [...PAGE, i]);
  expect(m.parked()).toBe(2);
});

test.each([
  ['without a ring', undefined],
  ['with a ring', { window: 3, rows: 6 }],
])('random requests always find the right rows, %s', (_, ring) => {
  let state = 5;
  const random = (n: number) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % n;
  };
  const m = machine(16, ring);
  for (let round = 0; round < 1000; round++) {
    const ids = Array.from({ length: 1 + random(14) }, (_, i) => (i < 3 ? i : random(3)));
    m.read('abcd'[random(4)] as string, ids, random(3));
  }
});

test('a new branch takes over a page that another branch has read meanwhile and parked', () => {
  const m = machine(20);
  m.read('ahead', [...PAGE, 10]);
  m.read('other', [7, 8, 9]);
  const { held } = m.branches;
  expect([held('question', [...PAGE, 20, 21]), held('other', [7, 8, 9, 11]), held('ahead', [1, 2])]).toEqual([
    5, 3, 2,
  ]);
  // Without the parked rows all seven would be computed.
  expect(m.read('question', [...PAGE, 20, 21])).toBe(2);
  expect(m.read('other', [7, 8, 9, 11])).toBe(1);
  expect(m.read('ahead', [...PAGE, 10, 12])).toBe(1);
});

test('a parked branch whose ring cannot be cut back that far is not taken over', () => {
  const m = machine(40, { window: 3, rows: 6 });
  const long = Array.from({ length: 20 }, (_, i) => i + 1);
  m.read('ahead', long);
  m.read('other', [99]);
  expect(m.read('question', [...long.slice(0, 10), 50])).toBe(11);
});

test('a packed text stays as a whole or is parked as a whole', () => {
  const { cache, branches, read } = machine(40);
  const page = Array.from({ length: 10 }, (_, i) => 100 + i);
  const packed = { length: 10, starts: [4, 0] };
  read('a', [...page, 1, 2]);
  cache.pack(packed);
  // Another question about the page: its rows stay.
  expect(read('b', [...page, 3])).toBe(1);
  expect(cache.packed).toBe(packed);
  // A page with the same beginning: of packed rows none can be used.
  expect(read('c', [...page.slice(0, 6), 9, 9])).toBe(8);
  expect(cache.packed).toBeUndefined();
  // Its rows would be found below those of `b`, which were packed when they were parked.
  expect(branches.held('b', [...page, 3])).toBe(11);
  expect(read('b', [...page, 3, 4])).toBe(1);
  expect(cache.packed).toBe(packed);
});

test('rows that were parked after a part of a text are not put back once the whole text is packed', () => {
  const { cache, read } = machine(40);
  const page = Array.from({ length: 10 }, (_, i) => 100 + i);
  read('a', page);
  read('b', [...page.slice(0, 6), 7, 7]);
  read('a', page);
  cache.pack({ length: 10, starts: [5] });
  // The six rows that both share are not where they were.
  expect(read('b', [...page.slice(0, 6), 7, 7, 7])).toBe(9);
  expect(cache.packed).toBeUndefined();
});
