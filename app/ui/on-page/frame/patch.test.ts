import { expect, it } from 'vitest';
import { patched, patchOf } from './patch.ts';

/** Each state follows from the one before it. */
const histories: Readonly<Record<string, readonly unknown[]>> = {
  'a text that is written, and written anew': ['', 'A', 'A linnet', 'A linnet', 'A finch', ''],
  'values of every kind': [undefined, null, 0, -0, Number.NaN, true, 'x', [], {}, [{}], undefined],
  'parts that come, change and go': [
    { a: 1 },
    { a: 1, b: { c: 'x' } },
    { a: 1, b: { c: 'xy', d: undefined } },
    { b: { d: null } },
    {},
  ],
  'a list that grows, changes and shrinks': [
    [],
    [{ id: 1, note: 'x' }],
    [{ id: 1, note: 'xy' }, { id: 2 }],
    [{ id: 2 }],
    { 0: 'no list' },
    ['a list'],
  ],
  'names of what every object has': [
    { constructor: 1 },
    JSON.parse('{"__proto__": {"x": 1}, "toString": "a"}'),
    JSON.parse('{"__proto__": {"x": 2}, "toString": "ab"}'),
    { a: 1 },
  ],
};

it.each(Object.entries(histories))('makes the next state of the one before: %s', (_, states) => {
  let mirror: unknown;
  let before: unknown;
  for (const state of states) {
    const patch = patchOf(before, state);
    if (patch !== undefined) mirror = patched(mirror, structuredClone(patch));
    expect(mirror).toEqual(state);
    before = state;
  }
});

it('says of a growing answer only what is new, also where the object around it was made again', () => {
  const job = { id: '1', request: { text: 'A linnet' }, progress: { phase: 'writing' }, text: 'Ein' };
  const next = { ...structuredClone(job), text: 'Ein Hänfling', tokens: 2 };
  expect(patchOf({ job, pinned: false }, { job: next, pinned: false })).toEqual({
    parts: { job: { parts: { text: { end: ' Hänfling' }, tokens: { value: 2 } }, gone: [] } },
    gone: [],
  });
  expect(patchOf({ job }, { job: structuredClone(job) })).toBeUndefined();
});

it('does not compare what has the same identity, and keeps the identity of what did not change', () => {
  const offered = new Proxy({}, { ownKeys: () => expect.unreachable('compared') });
  expect(patchOf({ offered, n: 1 }, { offered, n: 2 })).toEqual({ parts: { n: { value: 2 } }, gone: [] });
  const before = { offered: { model: 'Finch' }, n: 1 };
  const after = patched(before, { parts: { n: { value: 2 } }, gone: [] }) as typeof before;
  expect(after.offered).toBe(before.offered);
});

it('is not applied to another state', () => {
  expect(() => patched(undefined, { end: 'x' })).toThrow(TypeError);
  expect(() => patched('x', { parts: {}, gone: [] })).toThrow(TypeError);
});
