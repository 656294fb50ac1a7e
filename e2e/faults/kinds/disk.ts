/** The browser's disk is full from the n-th write of the engine's worker on; then there is room again. */
import { writeOnce } from './activities.ts';
import type { Driver } from '../driver.ts';
import { assess, closeOffscreen } from './kills.ts';
import { jobKey } from '../listing.ts';
import { fullAtEveryWrite } from '../node/disk-full.ts';
import { fullInImport } from '../node/stored-files.ts';
import { both, inNode, type FaultOutcome, type Step } from '../step.ts';

/** A page's writes in one step. */
const WRITES = 8;
const STEPS = 16;

/** Runs in the engine's worker: everything that writes fails from the n-th time on. */
function fillUp(n: number): void {
  const scope = globalThis as unknown as {
    IDBObjectStore: { prototype: Record<string, (...values: unknown[]) => unknown> };
    FileSystemSyncAccessHandle: { prototype: Record<string, (...values: unknown[]) => unknown> };
    left?: number;
  };
  const first = scope.left === undefined;
  scope.left = n;
  if (!first) return;
  const limit = (prototype: Record<string, (...values: unknown[]) => unknown>, names: readonly string[]) => {
    for (const name of names) {
      const real = prototype[name]!;
      prototype[name] = function (...values) {
        if (scope.left!-- <= 0) throw new DOMException('there is no room', 'QuotaExceededError');
        return real.apply(this, values);
      };
    }
  };
  limit(scope.IDBObjectStore.prototype, ['put', 'add']);
  limit(scope.FileSystemSyncAccessHandle.prototype, ['write', 'truncate', 'flush']);
}

async function fullFrom(driver: Driver, n: number, hub: string): Promise<FaultOutcome> {
  const before = driver.ledger.acknowledged;
  await driver.linnet.inEngine(`(${fillUp})(${n})`);
  const name = 'big-full';
  await driver.write({ [`model/${name}`]: 'known' }, 'import-address', { address: hub, name });
  // The import fails for want of room, and says so; a person cancels it.
  driver.ledger.exempt(`model/${name}`);
  const started = await driver.startJob('chat', {
    request: { kind: 'chat', text: 'Who found the hen?' },
    target: {},
  });
  for (let i = 0; i < WRITES; i++) await writeOnce(driver);
  if (started !== undefined) {
    await driver.ask('stop', { job: started.job });
    const end = await driver.until(started.job, ['stopped', 'done', 'failed']);
    // Pages show that it is kept until the worker ends.
    if (end?.unsaved === true) driver.ledger.exempt(jobKey(started.conversation, started.job));
  }
  await driver.linnet.inEngine(`(${fillUp})(Infinity)`);
  const now = await assess(driver, before, []);
  await closeOffscreen(driver);
  return both(now, await assess(driver, before, []));
}

export const diskSteps = (): Step[] => [
  inNode('disk', 'disk full at a write', 'at every write of a day, in Node', fullAtEveryWrite),
  inNode('disk', 'disk full in an import', 'at every change, in Node', fullInImport),
  ...Array.from(
    { length: STEPS },
    (_, n): Step => ({
      section: 'disk',
      fault: 'disk full at a write',
      detail: `from write ${n} on, in the browser`,
      run: ({ driver, hub }) => fullFrom(driver, n, hub),
    }),
  ),
];
