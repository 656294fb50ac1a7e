/**
 * Ends a process of the browser in the midst of an activity, starts again what a person or the browser would, and compares
 * the ledger with what is there.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { killProcess } from '../../harness/processes.ts';
import { activities, type Activity } from './activities.ts';
import { type Driver, OVER } from '../driver.ts';
import type { FaultOutcome, Step } from '../step.ts';

export const KILLS = [
  'service worker',
  'offscreen document',
  'engine process',
  'GPU process',
  'browser',
] as const;
type Kill = (typeof KILLS)[number];

export async function kill(
  driver: Driver,
  kind: Kill,
  activity: Activity,
  hub: string,
): Promise<FaultOutcome> {
  const before = driver.ledger.acknowledged;
  await driver.must('settings', {});
  const end = new AbortController();
  const running = activity.run(driver, end.signal, hub).catch(() => undefined);
  await delay(driver.random.below(activity.within));
  await driver.noteAnswers();
  const underWay = (await driver.seen()).filter(({ phase }) => !OVER.includes(phase)).map(({ id }) => id);
  await strike(driver, kind);
  end.abort();
  await running;
  await recover(driver, kind);
  // Another engine is not slow.
  if (kind === 'service worker' || kind === 'GPU process')
    await driver.linnet.slowGpu(0).catch(() => undefined);
  return assess(driver, before, underWay);
}

async function strike(driver: Driver, kind: Kill): Promise<void> {
  const { linnet } = driver;
  if (kind === 'service worker') return linnet.stopServiceWorker();
  if (kind === 'offscreen document') return closeOffscreen(driver);
  const process = ({ 'engine process': 'engine', 'GPU process': 'gpu', browser: 'browser' } as const)[kind];
  if ((await killProcess(linnet, process)) === 0) throw new Error(`no process to end: ${kind}`);
}

export async function closeOffscreen(driver: Driver): Promise<void> {
  await (await driver.page()).evaluate(() =>
    (globalThis as unknown as { chrome: { offscreen: { closeDocument(): Promise<void> } } }).chrome.offscreen
      .closeDocument()
      .catch(() => undefined),
  );
}

/** What is left to a person: Chromium ends an extension whose process died, until Reload is pressed. */
async function recover(driver: Driver, kind: Kill): Promise<void> {
  if (kind === 'engine process') {
    await driver.leave();
    await driver.linnet.reloadExtension();
  }
  if (kind === 'browser') {
    await driver.leave();
    await driver.linnet.restart();
  }
}

/**
 * Reads everything back, and checks that each answer that was under way goes on (then it is stopped, to save time), or is
 * over and says why.
 */
export async function assess(
  driver: Driver,
  before: number,
  underWay: readonly string[],
): Promise<FaultOutcome> {
  await driver.must('settings', {});
  const losses = await driver.losses();
  const phases = await driver.phases();
  let interrupted = 0;
  for (const id of underWay) {
    let phase = phases.get(id);
    if (phase !== undefined && !OVER.includes(phase)) phase = await driver.endsWell(id);
    if (phase === 'interrupted' || phase === 'failed') interrupted++;
  }
  const complaints = driver.complaints.splice(0);
  const acknowledged = driver.ledger.acknowledged - before;
  const recovered = complaints.length === 0 ? 1 : 0;
  return {
    tally: { times: 1, acknowledged, lost: losses.length, interrupted, recovered },
    losses,
    complaints,
  };
}

/** So many kills: every kind in every activity in turn, at random moments. */
export function killSteps(count: number): Step[] {
  return Array.from({ length: count }, (_, n) => {
    const kind = KILLS[n % KILLS.length]!;
    const activity = activities[Math.floor(n / KILLS.length) % activities.length]!;
    return {
      section: 'kills',
      fault: `${kind} killed`,
      detail: `in ${activity.name}`,
      run: ({ driver, hub }) => kill(driver, kind, activity, hub),
    };
  });
}
