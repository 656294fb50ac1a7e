/**
 * Every stored record and file flipped, cut and deleted. What was damaged may be gone; everything else is there, lists
 * answer, and new writes are taken.
 */
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { longPage, writeOnce } from './activities.ts';
import { type DamageKind, damageFile, damageRecords, damageSettings } from './damage-in-page.ts';
import type { Driver } from '../driver.ts';
import { assess, closeOffscreen } from './kills.ts';
import { damagedFiles } from '../node/stored-files.ts';
import { both, inNode, type FaultOutcome, type Step } from '../step.ts';

const KINDS: readonly DamageKind[] = ['flipped', 'cut', 'deleted'];
/** At most so many files of the file system are damaged, each in every way: those of the demo model, and what else is there. */
const FILES = 10;
const SETTINGS = 8;

async function records(driver: Driver): Promise<FaultOutcome> {
  const before = driver.ledger.acknowledged;
  const whole = await template(driver);
  for (let i = 0; i < 10; i++) await writeOnce(driver);
  const page = await driver.page();
  const copies = await page.evaluate(damageRecords, { conversation: whole.conversation, job: whole.job });
  await closeOffscreen(driver);
  const outcome = await assess(driver, before, []);
  const complaints = [...outcome.complaints];
  // Whatever is listed can be read and deleted, and whatever is searched is found.
  const listed = (await driver.must('conversations', { limit: 100_000 })).map(({ id }) => id);
  await driver.must('search-conversations', { limit: 100_000, find: 'hen' });
  for (const id of listed.filter((each) => copies.includes(each))) {
    await driver.watch(`conversation:${id}`);
    for (const kind of ['transcript', 'delete-conversation'] as const) {
      const answered = await driver.ask(kind, { conversation: id });
      if (answered.kind === 'lost') complaints.push(`${kind} of ${id} was not answered`);
    }
  }
  const tally = {
    ...outcome.tally,
    times: copies.length,
    recovered: complaints.length === 0 ? copies.length : 0,
  };
  return { ...outcome, complaints, tally };
}

/** A conversation about a page, whose answer was stopped. */
async function template(driver: Driver): Promise<{ conversation: string; job: string }> {
  const started = await driver.startJob('chat', {
    request: { kind: 'chat', text: 'Who found the hen?' },
    target: { page: longPage(1) },
  });
  if (started === undefined) throw new Error('a request was not acknowledged');
  await driver.until(started.job, ['writing', 'done']);
  await driver.ask('stop', { job: started.job });
  await driver.until(started.job, ['stopped', 'done']);
  return started;
}

async function settings(driver: Driver, n: number): Promise<FaultOutcome> {
  const before = driver.ledger.acknowledged;
  for (let i = 0; i < 6; i++) await writeOnce(driver);
  await (await driver.page()).evaluate(damageSettings, n);
  // They are one record.
  for (const key of [...driver.ledger.keys('setting/'), ...driver.ledger.keys('prompt/')])
    driver.ledger.exempt(key);
  await closeOffscreen(driver);
  const outcome = await assess(driver, before, []);
  for (let i = 0; i < 6; i++) await writeOnce(driver);
  const later = await assess(driver, before, []);
  return both(outcome, later);
}

async function file(driver: Driver, n: number, kind: DamageKind): Promise<FaultOutcome> {
  const before = driver.ledger.acknowledged;
  const page = await driver.page();
  await closeOffscreen(driver);
  const path = await page.evaluate(damageFile, { n, kind });
  const outcome = await assess(driver, before, []);
  for (let i = 0; i < 4; i++) await writeOnce(driver);
  const later = both(outcome, await assess(driver, before, []));
  return path === undefined ? { ...later, tally: { ...later.tally, times: 0, recovered: 0 } } : later;
}

/** The files under the browser's databases of the extension: damaged while it is closed. What they hold may be gone. */
async function database(driver: Driver, kind: DamageKind): Promise<FaultOutcome> {
  const before = driver.ledger.acknowledged;
  for (let i = 0; i < 6; i++) await writeOnce(driver);
  const { linnet } = driver;
  const { extensionId } = linnet;
  await driver.leave();
  await linnet.restart(() => {
    const folder = join(linnet.profile, 'Default/IndexedDB');
    const own = readdirSync(folder).filter((name) => name.includes(extensionId));
    for (const path of own.flatMap((name) => filesUnder(join(folder, name)))) damageOnDisk(path, kind);
  });
  for (const key of driver.ledger.keys('')) if (!key.startsWith('model/')) driver.ledger.exempt(key);
  const outcome = await assess(driver, before, []);
  for (let i = 0; i < 6; i++) await writeOnce(driver);
  await template(driver);
  return both(outcome, await assess(driver, before, []));
}

const filesUnder = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());

function damageOnDisk(path: string, kind: DamageKind): void {
  if (kind === 'deleted') {
    rmSync(path);
    return;
  }
  const bytes = readFileSync(path);
  const at = bytes.length >> 1;
  if (kind === 'flipped' && bytes.length > 0) bytes[at] = (bytes[at] ?? 0) ^ 0x11;
  writeFileSync(path, kind === 'cut' ? bytes.subarray(0, at) : bytes);
}

export const damageSteps = (): Step[] => [
  inNode('damage', 'file of a model damaged', 'every file in every way, in Node', damagedFiles),
  {
    section: 'damage',
    fault: 'record damaged',
    detail: 'every field in every way',
    alone: true,
    run: ({ driver }) => records(driver),
  },
  ...Array.from(
    { length: SETTINGS },
    (_, n): Step => ({
      section: 'damage',
      fault: 'record damaged',
      detail: `field ${n} of the settings`,
      run: ({ driver }) => settings(driver, n),
    }),
  ),
  ...KINDS.flatMap((kind) =>
    Array.from(
      { length: FILES },
      (_, n): Step => ({
        section: 'damage',
        fault: 'stored file damaged',
        detail: `file ${n} ${kind}`,
        alone: true,
        run: ({ driver }) => file(driver, n, kind),
      }),
    ),
  ),
  ...KINDS.map(
    (kind): Step => ({
      section: 'damage',
      fault: 'files of the database damaged',
      detail: kind,
      alone: true,
      run: ({ driver }) => database(driver, kind),
    }),
  ),
];
