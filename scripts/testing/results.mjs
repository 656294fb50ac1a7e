/**
 * Counts the results of each suite of `npm test` from its reporter's file, names what failed, and makes the closing table.
 */
import { existsSync, readFileSync } from 'node:fs';

/**
 * @typedef {object} Results
 * @property {number} passed
 * @property {number} failed
 * @property {{ test: string, reason: string }[]} skipped
 * @property {{ test: string, reason: string }[]} failures with the first line of the error, where it is known
 * @property {string[]} flaky stories that passed only when they were told again
 */

/** @returns {Results} */
export function noResults() {
  return { passed: 0, failed: 0, skipped: [], failures: [], flaky: [] };
}

/** @param {string} file written by `reporter.mjs` @returns {Results | undefined} */
export function vitestResults(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/** @param {string} file written by Playwright's `json` reporter @returns {Results | undefined} */
export function playwrightResults(file) {
  if (!existsSync(file)) return undefined;
  const report = JSON.parse(readFileSync(file, 'utf8'));
  const results = noResults();
  const visit = (/** @type {any} */ suite) => {
    for (const inner of suite.suites ?? []) visit(inner);
    for (const spec of suite.specs ?? []) {
      for (const test of spec.tests) {
        if (test.status === 'expected' || test.status === 'flaky') results.passed += 1;
        else if (test.status === 'unexpected') results.failed += 1;
        if (test.status === 'flaky') results.flaky.push(spec.title);
        if (test.status === 'unexpected')
          results.failures.push({ test: spec.title, reason: storyError(test) });
        if (test.status === 'skipped') results.skipped.push({ test: spec.title, reason: skipReason(test) });
      }
    }
  };
  for (const suite of report.suites) visit(suite);
  // Errors outside of any test: a spec that cannot be loaded.
  results.failed += report.errors.length;
  for (const { message } of report.errors) {
    results.failures.push({ test: 'outside of any story', reason: firstLine(message) });
  }
  return results;
}

/** @param {{ annotations: { type: string, description?: string }[] }} test */
function skipReason({ annotations }) {
  const said = annotations.find(({ type, description }) => type === 'skip' && description !== undefined);
  return said?.description ?? 'no reason given, or a test before it in the same group failed';
}

/** @param {{ results?: { error?: { message?: string } }[] }} test */
function storyError({ results = [] }) {
  return firstLine(results.at(-1)?.error?.message);
}

/** The first line of an error's text, without terminal colours. @param {string | undefined} message */
export function firstLine(message) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal colour begins with the escape character
  const plain = (message ?? 'no message').replace(/\x1b\[[\d;]*m/g, '');
  return plain.trim().split('\n')[0] ?? '';
}

/**
 * Skips by reason, the same reason once.
 * @param {Results['skipped']} skipped
 * @returns {string[]}
 */
export function skipLines(skipped) {
  /** @type {Map<string, string[]>} */
  const byReason = new Map();
  for (const { test, reason } of skipped) byReason.set(reason, [...(byReason.get(reason) ?? []), test]);
  return [...byReason].map(([reason, tests]) => {
    const others = tests.length > 1 ? ` and ${tests.length - 1} more` : '';
    return `${reason}: ${tests[0]}${others}`;
  });
}

/**
 * @param {{ name: string, results: Results, seconds: number }[]} suites
 * @param {number} seconds of all, of which some ran side by side
 * @returns {string[]} the table, its last line the sum
 */
export function closingTable(suites, seconds) {
  const rows = suites.map(({ name, results: { passed, failed, skipped }, seconds }) =>
    [
      name.padEnd(22),
      ...[passed, failed, skipped.length].map((n) => `${n}`.padStart(7)),
      `${seconds.toFixed(0)} s`.padStart(7),
    ].join(' '),
  );
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const { results } of suites) {
    sum.passed += results.passed;
    sum.failed += results.failed;
    sum.skipped += results.skipped.length;
  }
  const head = [
    'suite'.padEnd(22),
    ...['passed', 'failed', 'skipped', 'time'].map((word) => word.padStart(7)),
  ].join(' ');
  const last = `${sum.passed} passed, ${sum.failed} failed${sum.skipped > 0 ? `, ${sum.skipped} skipped` : ''}`;
  const all = `${'all'.padEnd(46)} ${`${seconds.toFixed(0)} s`.padStart(7)}`;
  return [head, ...rows, all, '', last];
}
