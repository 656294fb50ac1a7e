/**
 * The clock is set back while an answer is written, which is stored at intervals all the same; then the process dies. And
 * set back by years between two starts, as with an empty battery.
 */
import { longPage, writeOnce } from './activities.ts';
import type { Driver } from '../driver.ts';
import { killProcess } from '../../harness/processes.ts';
import { assess } from './kills.ts';
import type { FaultOutcome, Step } from '../step.ts';

const BACK = { 'an hour': 3_600_000, 'ten years': 315_360_000_000 } as const;

async function setBack(driver: Driver, ms: number): Promise<FaultOutcome> {
  const before = driver.ledger.acknowledged;
  await driver.linnet.slowGpu(100);
  const started = await driver.startJob('chat', {
    request: { kind: 'chat', text: 'What did Peter buy?' },
    target: { page: longPage(driver.random.below(1000)) },
  });
  if (started === undefined) throw new Error('a request was not acknowledged');
  await driver.until(started.job, ['writing']);
  await driver.linnet.inEngine(`{ const real = Date.now; Date.now = () => real() - ${ms}; }`);
  for (let i = 0; i < 10; i++) await writeOnce(driver);
  const seen = await driver.untilSeen(
    started.job,
    ({ text }) => text.length > 20,
    'longer than 20 characters',
  );
  // Its text is stored twice a second, however slow the machine.
  await new Promise((resolve) => setTimeout(resolve, 2000));
  await killProcess(driver.linnet, 'engine');
  await driver.leave();
  await driver.linnet.reloadExtension();
  const outcome = await assess(driver, before, [started.job]);
  const { jobs } = await driver.must('transcript', { conversation: started.conversation });
  const kept = jobs.find(({ id }) => id === started.job)?.text ?? '';
  if (seen === undefined || kept.length > 0) return outcome;
  return { ...outcome, complaints: [...outcome.complaints, `nothing of the answer is stored: ${seen.text}`] };
}

export const clockSteps = (): Step[] =>
  Object.entries(BACK).map(([name, ms]) => ({
    section: 'clock',
    fault: 'clock set back in mid-answer',
    detail: `by ${name}`,
    run: ({ driver }) => setBack(driver, ms),
  }));
