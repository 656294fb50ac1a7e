import { afterEach, expect, test, vi } from 'vitest';
import '../../../testing/dom.ts';
import { reportSize } from './report-size.ts';

afterEach(() => vi.unstubAllGlobals());

test('each size is reported once, however often it is measured, and an empty view has none', () => {
  let observed = () => {};
  vi.stubGlobal(
    'ResizeObserver',
    class {
      constructor(changed: () => void) {
        observed = changed;
      }
      observe() {}
    },
  );
  const root = document.createElement('div');
  const box = { width: 0, height: 0 };
  root.getBoundingClientRect = () => box as DOMRect;
  const report = vi.fn();
  const measure = reportSize(root, report);
  measure();
  Object.assign(box, { width: 119.2, height: 44 });
  for (let token = 0; token < 100; token++) measure();
  observed();
  Object.assign(box, { height: 60.5 });
  observed();
  measure();
  expect(report.mock.calls).toEqual([[{ width: 120, height: 44 }], [{ width: 120, height: 61 }]]);
});
