import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { closingTable, noResults, playwrightResults, skipLines, vitestResults } from './results.mjs';

const folder = mkdtempSync(join(tmpdir(), 'linnet-results-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a report that was never written is not a success', () => {
  expect(playwrightResults(join(folder, 'none.json'))).toBeUndefined();
  expect(vitestResults(join(folder, 'none.json'))).toBeUndefined();
});

test("Playwright's report: nested suites, skips with reasons, specs that do not load", () => {
  const skipped = { status: 'skipped', annotations: [{ type: 'skip', description: 'no model' }] };
  const message = '\u001b[31mError: expected 1\u001b[39m\n  at x.spec.ts';
  const failed = { status: 'unexpected', annotations: [], results: [{ error: { message } }] };
  const report = {
    suites: [
      {
        specs: [{ title: 'a', tests: [{ status: 'expected', annotations: [] }] }],
        suites: [
          { specs: [{ title: 'b', tests: [failed] }] },
          { specs: [{ title: 'd', tests: [{ status: 'flaky', annotations: [] }] }] },
          { specs: [{ title: 'c', tests: [skipped] }] },
        ],
      },
    ],
    errors: [{ message: 'x.spec.ts: no such module' }],
  };
  writeFileSync(join(folder, 'report.json'), JSON.stringify(report));
  const results = playwrightResults(join(folder, 'report.json'));
  expect(results).toEqual({
    passed: 2,
    failed: 2,
    skipped: [{ test: 'c', reason: 'no model' }],
    failures: [
      { test: 'b', reason: 'Error: expected 1' },
      { test: 'outside of any story', reason: 'x.spec.ts: no such module' },
    ],
    flaky: ['d'],
  });
});

test('the last line counts everything', () => {
  const suite = (name: string, passed: number, failed: number, skipped: number) => ({
    name,
    seconds: 1,
    results: {
      ...noResults(),
      passed,
      failed,
      skipped: Array.from({ length: skipped }, () => ({ test: 't', reason: 'r' })),
    },
  });
  expect(closingTable([suite('a', 3, 0, 0), suite('b', 2, 1, 0)], 2).at(-1)).toBe('5 passed, 1 failed');
  expect(closingTable([suite('a', 3, 0, 2)], 1).at(-1)).toBe('3 passed, 0 failed, 2 skipped');
});

test('skips are reported once per reason', () => {
  const lines = skipLines(['one', 'two', 'three'].map((name) => ({ test: name, reason: 'no f16' })));
  expect(lines).toEqual(['no f16: one and 2 more']);
});
