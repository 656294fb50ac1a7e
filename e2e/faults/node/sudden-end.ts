/**
 * The worker ends at the very moment at which a write is acknowledged, for each write of a day: only what has reached the
 * disk by then is there afterwards. Every change takes a moment to reach it, as in a browser, whose database is another
 * process.
 */
import { Ledger, type Write } from '../ledger.ts';
import type { FaultOutcome } from '../step.ts';
import { NOTHING } from '../table.ts';
import { day } from './day.ts';
import { delayed, type DeviceStores, emptyDisk, WorkerUnderTest } from './worker-under-test.ts';

/** Ends the worker with its n-th acknowledgement, and takes no more. */
class LastLedger extends Ledger {
  private readonly last: number;
  private readonly end: () => void;

  constructor(last: number, end: () => void) {
    super();
    this.last = last;
    this.end = end;
  }

  override begin(write: Write): void {
    if (this.acknowledged < this.last) super.begin(write);
  }

  override acknowledge(write: Write): void {
    if (this.acknowledged >= this.last) return;
    super.acknowledge(write);
    if (this.acknowledged === this.last) this.end();
  }
}

export async function endAtEveryAcknowledgement(): Promise<FaultOutcome[]> {
  const whole = new WorkerUnderTest(emptyDisk());
  await day(whole);
  const outcomes: FaultOutcome[] = [];
  for (let n = 1; n <= whole.ledger.acknowledged; n++) outcomes.push(await endAt(n));
  return outcomes;
}

async function endAt(n: number): Promise<FaultOutcome> {
  const disk: DeviceStores = emptyDisk();
  let alive = true;
  const ledger = await new Promise<Ledger>((resolve) => {
    const last = new LastLedger(n, () => {
      alive = false;
      resolve(last);
    });
    void day(
      new WorkerUnderTest(
        delayed(disk, () => alive),
        last,
      ),
    ).catch(() => undefined);
  });
  const losses = await new WorkerUnderTest(disk, ledger).losses();
  return {
    tally: { ...NOTHING, times: 1, acknowledged: n, lost: losses.length, recovered: 1 },
    losses: losses.map((loss) => ({ ...loss, key: `the end at acknowledgement ${n}: ${loss.key}` })),
    complaints: [],
  };
}
