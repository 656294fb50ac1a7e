/** Branches over rows that are numbers: whatever is said to be in the cache is in the rows. */
import { expect, test } from 'vitest';
import { createBranches } from './branches.ts';
import { createCache } from './cache.ts';

function machine(capacity: number) {
  const rows: number[] = [];
  let parked = 0;
  const cache = createCache(capacity);
  const branches = createBranches(cache, {
    park(first, count) {
      parked += count;
      const held = rows.slice(first, first + count);
      return { count, held, destroy: () => void (parked -= count) };
    },
    unpark(tail, first) {
      rows.splice(first, tail.count, ...tail.held);
    },
  });
  /** What a request does: changes to its branch, reuses, computes the rest; returns how many rows it computed. */
  const read = (name: string, ids: readonly number[]): number => {
    branches.switchTo(name, ids);
    const first = cache.reuse(ids);
    rows.splice(first, rows.length, ...ids.slice(first));
    cache.append(ids.slice(first));
    expect(rows.slice(0, cache.length)).toEqual(ids);
    return ids.length - first;
  };
  return { read, branches, parked: () => parked };
}

const PAGE = [1, 2, 3, 4, 5];

test('two continuations of one page: each finds its own rows again', () => {
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

test('a branch whose beginning was written over keeps what still holds', () => {
  const m = machine(20);
  m.read('a', [...PAGE, 10, 11]);
  m.read('b', [...PAGE, 20]);
  expect(m.read('b', [1, 2, 9, 9])).toBe(2);
  expect(m.read('a', [...PAGE, 10, 11])).toBe(5);
});

test('what waits is bounded; who waited longest is forgotten', () => {
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

test('the same branch, and one that has nothing of its own, set nothing aside', () => {
  const m = machine(20);
  m.read('', PAGE);
  m.read('', [1, 2, 7]);
  m.read('x', [1, 2, 7, 8]);
  expect(m.parked()).toBe(0);
});

test('random requests: always the rows that were asked for', () => {
  let state = 5;
  const random = (n: number) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % n;
  };
  const m = machine(12);
  for (let round = 0; round < 400; round++) {
    const ids = Array.from({ length: 1 + random(12) }, (_, i) => (i < 3 ? i : random(3)));
    m.read('abcd'[random(4)] as string, ids);
  }
});
