/**
 * Writes Vitest's results to a small file for `npm test`: counts, and for every skipped test the reason given to
 * `t.skip(reason)`, which Vitest's own JSON leaves out. Written after every file, so that a run that is
 * stopped still has the results so far.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** @typedef {import('vitest/node').TestModule} TestModule */

export default class ResultsReporter {
  /** @type {Map<string, TestModule>} */
  modules = new Map();
  written = 0;

  /** Shows `npm test` that the run does not hang. */
  onTestCaseResult() {
    if (Date.now() - this.written > 1000) this.write(0);
  }

  /** @param {TestModule} module */
  onTestModuleEnd(module) {
    this.modules.set(module.id, module);
    this.write(0);
  }

  /**
   * @param {readonly TestModule[]} modules
   * @param {readonly unknown[]} errors
   */
  onTestRunEnd(modules, errors) {
    for (const module of modules) this.modules.set(module.id, module);
    this.write(errors.length);
  }

  /** @param {number} strayErrors errors outside of any test, each counted as a failure */
  write(strayErrors) {
    const file = process.env.LINNET_RESULTS;
    if (file === undefined) return;
    const results = { passed: 0, failed: strayErrors, skipped: /** @type {object[]} */ ([]) };
    for (const module of this.modules.values()) {
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'passed') results.passed += 1;
        if (result.state === 'failed') results.failed += 1;
        if (result.state === 'skipped') {
          results.skipped.push({ test: test.fullName, reason: result.note ?? 'no reason given' });
        }
      }
      // A file that cannot be loaded has no failed tests, but an error.
      results.failed += module.errors().length;
      for (const suite of module.children.allSuites()) results.failed += suite.errors().length;
    }
    this.written = Date.now();
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(results));
  }
}
