/**
 * Measures how much slower this machine is now than the two idle cores for which the time limits were chosen.
 *
 * `npm test` measures it before each suite and passes it on as LINNET_SLOWNESS; every time limit of a test is multiplied
 * by it. Limits only end tests that hang: no test passes or fails by its duration.
 */
import { Worker } from 'node:worker_threads';

/** Milliseconds that the work below takes on each of two idle cores at once (AMD EPYC, 2026). */
const reference = 200;

/** Integer arithmetic in a chain, which neither memory nor a vector unit can shorten. */
const work = `
const { parentPort } = require('node:worker_threads');
parentPort.once('message', () => {
  const start = performance.now();
  let a = 1;
  let b = 0;
  for (let i = 0; i < 1e8; i++) {
    a = (Math.imul(a ^ (a >>> 13), 0x5bd1e995) + i) | 0;
    b ^= a;
  }
  parentPort.postMessage({ ms: performance.now() - start, b });
});`;

/**
 * Measures both cores at once, since the suites use both; a machine with one core is twice as slow.
 * @returns {Promise<number>} at least 1
 */
export async function measureSlowness() {
  const workers = [0, 1].map(() => new Worker(work, { eval: true }));
  const times = workers.map(
    (worker) =>
      new Promise((resolve, reject) => {
        worker.once('message', ({ ms }) => resolve(ms));
        worker.once('error', reject);
      }),
  );
  for (const worker of workers) worker.postMessage('go');
  const slowest = Math.max(...(await Promise.all(times)));
  await Promise.all(workers.map((worker) => worker.terminate()));
  return slownessOf(slowest);
}

/** @param {number} ms of the work @returns {number} at least 1, to one decimal */
export function slownessOf(ms) {
  return Math.max(1, Math.round((ms / reference) * 10) / 10);
}

/** As passed on by `npm test`; 1 if a runner was started by hand. @returns {number} */
export function givenSlowness() {
  const given = Number(process.env.LINNET_SLOWNESS);
  return Number.isFinite(given) ? Math.max(1, given) : 1;
}
