/** The extension is updated in mid-answer: its files are replaced by those of the next version, and it is loaded again. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { longPage } from './activities.ts';
import type { Driver } from '../driver.ts';
import { assess } from './kills.ts';
import type { FaultOutcome, Step } from '../step.ts';

async function update(driver: Driver): Promise<FaultOutcome> {
  const before = driver.ledger.acknowledged;
  await driver.linnet.slowGpu(40);
  const started = await driver.startJob('chat', {
    request: { kind: 'chat', text: 'Who found the hen?' },
    target: { page: longPage(driver.random.below(1000)) },
  });
  if (started === undefined) throw new Error('a request was not acknowledged');
  await driver.until(started.job, ['writing']);
  const file = join(driver.linnet.options.extension, 'manifest.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  const [major = '0', minor = '0'] = manifest.version.split('.');
  writeFileSync(file, JSON.stringify({ ...manifest, version: `${major}.${Number(minor) + 1}.0` }));
  await driver.leave();
  await driver.linnet.reloadExtension();
  return assess(driver, before, [started.job]);
}

export const updateSteps = (): Step[] =>
  [1, 2, 3].map((time) => ({
    section: 'update',
    fault: 'extension updated in mid-answer',
    detail: `time ${time}`,
    run: ({ driver }) => update(driver),
  }));
