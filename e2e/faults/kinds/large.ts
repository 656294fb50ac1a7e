/** 2,000 conversations, and one whose answers have 50 MB: lists, search, export and deletion answer, before and after a kill. */
import { killProcess } from '../../harness/processes.ts';
import type { Driver } from '../driver.ts';
import { assess } from './kills.ts';
import { jobKey, must } from '../listing.ts';
import { both, type FaultOutcome, type Step } from '../step.ts';

const CONVERSATIONS = 2000;
const LARGE = { id: 'large', jobs: 500, characters: 100_000 };

/** Runs in a page of the extension: writes what years of use would leave. */
function fill(plan: {
  count: number;
  large: { id: string; jobs: number; characters: number };
}): Promise<void> {
  const job = (id: string, conversation: string, text: string) => ({
    id,
    kind: 'chat',
    request: { kind: 'chat', text: `Question ${id}` },
    progress: { phase: 'done' },
    conversation,
    text,
    createdAt: 1,
    updatedAt: 1,
  });
  return new Promise((resolve, reject) => {
    const opened = indexedDB.open('linnet');
    opened.onerror = () => reject(opened.error);
    opened.onsuccess = () => {
      const transaction = opened.result.transaction(['conversations', 'jobs'], 'readwrite');
      const [conversations, jobs] = ['conversations', 'jobs'].map((name) => transaction.objectStore(name));
      const put = (id: string, ids: string[], text: string) => {
        conversations!.put({ id, title: `About ${id}`, jobs: ids, createdAt: 1, updatedAt: 1 });
        for (const each of ids) jobs!.put(job(each, id, text));
      };
      for (let n = 0; n < plan.count; n++) put(`many-${n}`, [`many-${n}-job`], `Answer ${n} about finches.`);
      const { id, jobs: number, characters } = plan.large;
      const ids = Array.from({ length: number }, (_, n) => `${id}-job-${n}`);
      put(id, ids, 'finch '.repeat(characters / 6));
      transaction.oncomplete = () => {
        opened.result.close();
        resolve();
      };
      transaction.onerror = () => reject(transaction.error);
    };
  });
}

async function large(driver: Driver): Promise<FaultOutcome> {
  const page = await driver.page();
  await page.evaluate(fill, { count: CONVERSATIONS, large: LARGE });
  for (let n = 0; n < CONVERSATIONS; n++) driver.ledger.acknowledge({ [`conversation/many-${n}`]: 'listed' });
  driver.ledger.acknowledge({ [`conversation/${LARGE.id}`]: 'listed' });
  for (let n = 0; n < LARGE.jobs; n++) {
    const id = `${LARGE.id}-job-${n}`;
    driver.ledger.acknowledge({ [jobKey(LARGE.id, id)]: `Question ${id}` });
  }
  const before = 0;
  const complaints: string[] = [];
  const first = await assess(driver, before, []);
  const search = () => must(driver.ask, 'search-conversations', { limit: 100_000, find: 'finches' });
  let result = await search();
  while (!result.done) result = await search();
  if (result.found.length !== CONVERSATIONS) complaints.push(`the search found ${result.found.length}`);
  await driver.watch(`conversation:${LARGE.id}`);
  const shown = (await driver.seen()).filter(({ id }) => id.startsWith(LARGE.id)).length;
  if (shown !== LARGE.jobs) complaints.push(`${shown} answers of the large conversation are shown`);
  await killProcess(driver.linnet, 'browser');
  await driver.leave();
  await driver.linnet.restart();
  const second = await assess(driver, before, []);
  await driver.write(
    Object.fromEntries(
      [`conversation/${LARGE.id}`, ...driver.ledger.keys(`conversation/${LARGE.id}/`)].map((key) => [
        key,
        undefined,
      ]),
    ),
    'delete-conversation',
    { conversation: LARGE.id },
  );
  const third = await assess(driver, before, []);
  return [{ ...first, complaints: [...first.complaints, ...complaints] }, second, third].reduce(both);
}

export const largeSteps = (): Step[] => [
  {
    section: 'large',
    fault: 'browser killed with 2,000 conversations and one of 50 MB',
    detail: 'once',
    alone: true,
    run: ({ driver }) => large(driver),
  },
];
