import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import '../../../testing/dom.ts';
import { Sight } from './sight.ts';

let report: (entries: object[]) => void;
let options: object;
let now = 0;

beforeEach(() => {
  now = 1000;
  vi.stubGlobal(
    'IntersectionObserver',
    class {
      constructor(listener: typeof report, given: object) {
        report = listener;
        options = given;
      }
      observe() {}
      disconnect() {}
    },
  );
});
afterEach(() => vi.unstubAllGlobals());

const entry = (isVisible: boolean | undefined, intersectionRatio = 1) => ({
  isVisible,
  intersectionRatio,
  isIntersecting: intersectionRatio > 0,
});

test('it counts from the first report as visible to the last that is not', () => {
  const sight = new Sight(document.createElement('div'), () => now);
  expect(options).toMatchObject({ trackVisibility: true, delay: 100 });
  expect(sight.seenFor()).toBeUndefined();
  report([entry(true)]);
  now += 400;
  report([entry(true, 0.9)]);
  expect(sight.seenFor()).toBe(400);
  report([entry(true), entry(false)]);
  expect(sight.seenFor()).toBeUndefined();
  report([entry(true)]);
  expect(sight.seenFor()).toBe(0);
});

test('what is cut down to a small part is not seen', () => {
  const sight = new Sight(document.createElement('div'), () => now);
  for (const ratio of [0, 0.03, 0.49]) {
    report([entry(true, ratio)]);
    expect([ratio, sight.seenFor()]).toEqual([ratio, undefined]);
  }
});

test('a browser without this check reports what is in view', () => {
  const sight = new Sight(document.createElement('div'), () => now);
  report([entry(undefined)]);
  expect(sight.seenFor()).toBe(0);
  report([entry(undefined, 0)]);
  expect(sight.seenFor()).toBeUndefined();
});
