import { describe, expect, test } from 'vitest';
import { createCache } from './cache.ts';
import { createSnapshots } from './snapshots.ts';

/** Runs that follow one another, of `sizes` rows each from `position` on. */
function runs(snapshots: ReturnType<typeof createSnapshots>, position: number, sizes: readonly number[]) {
  for (const rows of sizes) {
    snapshots.begin(position, rows);
    snapshots.end();
    position += rows;
  }
  return position;
}

const ones = (n: number) => Array.from({ length: n }, () => 1);

test('a run never writes the slot that it reads, and its state counts when it is done', () => {
  const snapshots = createSnapshots(2);
  let position = runs(snapshots, 0, [100]);
  for (let i = 0; i < 10; i++) {
    const { read, write } = snapshots.begin(position, 1);
    expect(write).not.toBe(read);
    expect(read).toBe(snapshots.slotAt(position));
    expect(snapshots.newest(position + 1)).toBe(position);
    snapshots.end();
    position++;
    expect(snapshots.newest(position)).toBe(position);
  }
});

test('a run that is given up leaves the state before it', () => {
  const snapshots = createSnapshots(2);
  runs(snapshots, 0, [100]);
  const { write } = snapshots.begin(100, 50);
  expect(snapshots.newest(400)).toBe(100);
  expect(snapshots.begin(100, 1).write).toBe(write);
});

test('a step ahead that does not count is undone, and its place is written again', () => {
  const snapshots = createSnapshots(2);
  runs(snapshots, 0, [100, 1, 1]);
  expect(snapshots.newest(101)).toBe(101);
  expect(snapshots.newest(100)).toBe(0);
  runs(snapshots, 101, [1]);
  expect(snapshots.newest(500)).toBe(102);
});

test('refuses to run from a position whose state is not there', () => {
  const snapshots = createSnapshots(3);
  runs(snapshots, 0, [10]);
  expect(() => snapshots.begin(9, 1)).toThrow('no state after 9 tokens');
});

describe('which states remain', () => {
  /** A page of 40 pieces of 128 tokens, then a question of 30, then an answer. */
  const read = (answer: number) => {
    const snapshots = createSnapshots(6);
    const end = runs(snapshots, 0, [...Array.from({ length: 40 }, () => 128), 30, ...ones(answer)]);
    return { snapshots, end };
  };

  test('the next question runs little of the page again, however long the answer was', () => {
    for (const answer of [0, 10, 200, 1000]) {
      const { snapshots, end } = read(answer);
      expect(snapshots.newest(end)).toBe(end);
      const page = 40 * 128 + 10;
      expect(page - snapshots.newest(page)).toBeLessThanOrEqual(10 + 128);
    }
  });

  test('a cut within an answer runs at most a part of it again', () => {
    const { snapshots, end } = read(1000);
    expect(end - 20 - snapshots.newest(end - 20)).toBeLessThan(1020);
  });

  test('earlier parts of a page remain, the fewer the further back', () => {
    const { snapshots } = read(0);
    const kept = new Set(Array.from({ length: 40 * 128 }, (_, i) => snapshots.newest(i)));
    kept.delete(0);
    expect(kept.size).toBeGreaterThanOrEqual(4);
  });
});

test('a cache is cut back to the newest state, or to the window of a ring if that is less', () => {
  const snapshots = createSnapshots(3);
  const cache = createCache(1000, [], snapshots);
  const ids = Array.from({ length: 300 }, (_, i) => i);
  runs(snapshots, 0, [128, 128, 44]);
  cache.append(ids);
  expect(cache.keepable(200)).toBe(128);
  expect(cache.holds(ids)).toBe(true);
  expect(cache.holds(ids.slice(0, 200))).toBe(false);
  expect(cache.reuse([...ids.slice(0, 270), 7, 7])).toBe(256);
  expect(() => cache.truncate(130)).toThrow('cannot keep 130');
  const ring = createCache(1000, [{ window: 4, rows: 20 }], snapshots);
  ring.append(ids.slice(0, 256));
  expect([ring.keepable(255), ring.keepable(256)]).toEqual([0, 256]);
});
