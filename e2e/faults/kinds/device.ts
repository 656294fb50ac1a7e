/** The GPU process dies in every phase of an answer, and once more in the same phase of the next one. */
import { killProcess } from '../../harness/processes.ts';
import { longPage } from './activities.ts';
import type { Driver, JobSeen } from '../driver.ts';
import { assess } from './kills.ts';
import type { FaultOutcome, Step } from '../step.ts';

interface Phase {
  readonly name: string;
  /** A page that is read part by part, instead of a question. */
  readonly long?: true;
  readonly reached: (job: JobSeen) => boolean;
}

const PHASES: readonly Phase[] = [
  { name: 'queued', reached: ({ phase }) => phase === 'queued' },
  { name: 'loading', reached: ({ phase }) => phase === 'loading' },
  { name: 'reading', reached: ({ phase }) => phase === 'reading' },
  { name: 'writing', reached: ({ phase }) => phase === 'writing' },
  { name: 'a part of a long page', long: true, reached: ({ parts }) => parts[0] > 0 },
  {
    name: 'the end of a long page',
    long: true,
    reached: ({ parts }) => parts[1] > 0 && parts[0] === parts[1],
  },
];

/** Milliseconds that each wait for the GPU lasts longer. */
const SLOW_MS = 40;

async function lostIn(driver: Driver, phase: Phase): Promise<FaultOutcome> {
  const before = driver.ledger.acknowledged;
  const underWay: string[] = [];
  for (const time of [1, 2]) {
    if (phase.name === 'loading') await driver.ask('unload', {});
    await driver.linnet.slowGpu(phase.long === true ? 0 : SLOW_MS);
    if (phase.name === 'queued') underWay.push(await begin(driver, { ...phase, long: true }, time));
    const job = await begin(driver, phase, time);
    underWay.push(job);
    await driver.untilSeen(job, phase.reached, phase.name);
    await killProcess(driver.linnet, 'gpu');
  }
  await driver.linnet.slowGpu(0);
  const outcome = await assess(driver, before, underWay);
  // A new device answers.
  const again = await begin(driver, { name: 'again', reached: phase.reached }, 3);
  await driver.until(again, ['writing', 'done']);
  await driver.ask('stop', { job: again });
  const complaints = [...outcome.complaints, ...driver.complaints.splice(0)];
  const recovered = complaints.length === 0 ? 2 : 0;
  return { ...outcome, complaints, tally: { ...outcome.tally, times: 2, recovered } };
}

async function begin(driver: Driver, { long }: Phase, time: number): Promise<string> {
  const page = longPage(driver.random.below(1_000_000));
  const started =
    long === true
      ? await driver.startJob('summarise', {
          request: { kind: 'summary', style: { type: 'key-points', length: 'medium' } },
          target: { page },
        })
      : await driver.startJob('chat', {
          request: { kind: 'chat', text: `Who found the hen? (${time})` },
          target: { page },
        });
  if (started === undefined) throw new Error('a request was not acknowledged');
  return started.job;
}

export const deviceSteps = (): Step[] =>
  PHASES.map((phase) => ({
    section: 'device',
    fault: 'device lost, twice',
    detail: `while ${phase.name}`,
    run: ({ driver }) => lostIn(driver, phase),
  }));
