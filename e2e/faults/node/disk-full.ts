/** A disk that is full at every write in turn: once for a moment, and once from then on. */
import type { FaultOutcome } from '../step.ts';
import { day } from './day.ts';
import { brittle, type DeviceStores, emptyDisk, WorkerUnderTest } from './worker-under-test.ts';

/** Two runs for each change that a day makes on the disk. */
export async function fullAtEveryWrite(): Promise<FaultOutcome[]> {
  const whole = brittle(emptyDisk(), () => false);
  await day(new WorkerUnderTest(whole));
  const outcomes: FaultOutcome[] = [];
  for (let n = 0; n < whole.changes(); n++) {
    outcomes.push(await fullAt((change) => change === n, `write ${n}`));
    outcomes.push(await fullAt((change) => change >= n, `write ${n} and later`));
  }
  return outcomes;
}

async function fullAt(refuses: (change: number) => boolean, what: string): Promise<FaultOutcome> {
  const disk = emptyDisk();
  const first = new WorkerUnderTest(brittle(disk, refuses));
  await day(first);
  const { acknowledged } = first.ledger;
  // Read by the worker that saw the fault, and by the next one.
  const complaints: string[] = [];
  const now = await first.losses().catch((error: Error) => {
    complaints.push(`${what}: lists are refused (${error.message})`);
    return [];
  });
  if (first.running() > 0) complaints.push(`${what}: ${first.running()} answers did not end`);
  const again = await reopened(disk, first);
  const losses = [...now, ...again];
  return {
    tally: {
      times: 1,
      acknowledged,
      lost: losses.length,
      interrupted: 0,
      recovered: complaints.length === 0 ? 1 : 0,
    },
    losses: losses.map((loss) => ({ ...loss, key: `${what}: ${loss.key}` })),
    complaints,
  };
}

/** The next worker lists everything, and takes writes again. */
async function reopened(disk: DeviceStores, { ledger }: WorkerUnderTest) {
  const worker = new WorkerUnderTest(disk, ledger);
  const losses = await worker.losses();
  await day(worker);
  return [...losses, ...(await worker.losses())];
}
