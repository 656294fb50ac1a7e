/**
 * Writes Vitest's results to a small file for `npm test`: counts, each failed test with its error, and for every skipped
 * test the reason given to `t.skip(reason)`, which Vitest's own JSON leaves out. Written after every file, so that a run that is
 * stopped still has the results so far.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { firstLine, noResults } from './results.mjs';

/** @typedef {import('vitest/node').TestModule} TestModule */

export default class ResultsReporter {
  /** @type {Map<string, TestModule>} */
  modules = new Map();
  written = 0;

  /** Shows `npm test` that the run does not hang. */
  onTestCaseResult() {
    if (Date.now() - this.written > 1000) this.write([]);
  }

  /** @param {TestModule} module */
  onTestModuleEnd(module) {
    this.modules.set(module.id, module);
    this.write([]);
  }

  /**
   * @param {readonly TestModule[]} modules
   * @param {readonly unknown[]} errors
   */
  onTestRunEnd(modules, errors) {
    for (const module of modules) this.modules.set(module.id, module);
    this.write(errors);
  }

  /** @param {readonly unknown[]} strayErrors errors outside of any test, each counted as a failure */
  write(strayErrors) {
    const file = process.env.LINNET_RESULTS;
    if (file === undefined) return;
    const results = noResults();
    const fail = (/** @type {string} */ test, /** @type {unknown} */ error) => {
      results.failed += 1;
      const message = error instanceof Object && 'message' in error ? error.message : error;
      results.failures.push({ test, reason: firstLine(`${message}`) });
    };
    for (const error of strayErrors) fail('outside of any test', error);
    for (const module of this.modules.values()) {
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'passed') results.passed += 1;
        if (result.state === 'failed') fail(test.fullName, result.errors[0]);
        if (result.state === 'skipped') {
          results.skipped.push({ test: test.fullName, reason: result.note ?? 'no reason given' });
        }
      }
      // A file that cannot be loaded has no failed tests, but an error.
      for (const error of module.errors()) fail(module.moduleId, error);
      for (const suite of module.children.allSuites()) {
        for (const error of suite.errors()) fail(suite.fullName, error);
      }
    }
    this.written = Date.now();
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(results));
  }
}
