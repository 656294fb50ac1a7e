/**
 * What the product is doing when a fault comes: each activity sends requests until its signal ends it. The demo model
 * answers; another one is imported from a server on this machine.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { PageText } from '../../../app/protocol/types.ts';
import { stories } from '../../demo-world.ts';
import { type Driver, OVER } from '../driver.ts';

export interface Activity {
  readonly name: string;
  /** The fault comes at a random moment of the first so many milliseconds. */
  readonly within: number;
  /** Runs until `signal`, or ends earlier. */
  run(driver: Driver, signal: AbortSignal, hub: string): Promise<void>;
}

const text = stories.flat().join('\n\n');

/** A page that the demo model cannot read at once, so that it is read part by part. */
export function longPage(n: number): PageText {
  return {
    url: `https://example.test/${n}`,
    title: `News ${n}`,
    dir: 'ltr',
    lang: 'en',
    text,
    source: 'main',
  };
}

const QUESTIONS = ['Who found the hen?', 'Where does Peter live?', 'What did Peter buy?', 'How many came?'];

/** Milliseconds that each wait for the GPU lasts longer, so that a fault comes in mid-answer on any adapter. */
const SLOW_MS = 30;

async function answer(driver: Driver, signal: AbortSignal): Promise<void> {
  await slow(driver);
  while (!signal.aborted) {
    const question = driver.random.pick(QUESTIONS);
    const page = longPage(driver.random.below(1000));
    const started = await driver.startJob('chat', {
      request: { kind: 'chat', text: question },
      target: driver.random.below(2) === 0 ? {} : { page },
    });
    if (started === undefined) return;
    await settled(driver, started.job, signal);
  }
}

/** The model leaves the GPU and is loaded again, again and again. */
async function load(driver: Driver, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await driver.ask('unload', {});
    await slow(driver);
    const started = await driver.startJob('chat', {
      request: { kind: 'chat', text: driver.random.pick(QUESTIONS) },
      target: {},
    });
    if (started === undefined) return;
    await settled(driver, started.job, signal, ['writing']);
    if (!signal.aborted) await driver.ask('stop', { job: started.job });
  }
}

async function mapReduce(driver: Driver, signal: AbortSignal): Promise<void> {
  await slow(driver);
  while (!signal.aborted) {
    const started = await driver.startJob('summarise', {
      request: { kind: 'summary', style: { type: 'key-points', length: 'medium' } },
      target: { page: longPage(driver.random.below(1000)) },
    });
    if (started === undefined) return;
    await settled(driver, started.job, signal);
  }
}

async function imports(driver: Driver, signal: AbortSignal, hub: string): Promise<void> {
  while (!signal.aborted) {
    const name = `big-${driver.random.below(3)}`;
    const models = await driver.models().catch(() => undefined);
    const stored = models?.stored.find((each) => each.name === name);
    // A second import of a name would be another model of that name.
    const importing = models === undefined || models.imports.some((each) => each.name === name);
    if (stored !== undefined)
      await driver.write({ [`model/${name}`]: undefined }, 'delete-model', { id: stored.id });
    else if (!importing)
      await driver.write({ [`model/${name}`]: 'known' }, 'import-address', { address: hub, name });
    await delay(300, undefined, { signal }).catch(() => undefined);
  }
}

/** Every small write that a person can make, in quick succession. */
async function writes(driver: Driver, signal: AbortSignal): Promise<void> {
  for (let lost = false; !lost && !signal.aborted; ) lost = (await writeOnce(driver)) === undefined;
}

type Written = Promise<unknown>;

/** Resolves to undefined if the write was not acknowledged. */
export function writeOnce(driver: Driver): Written {
  const { random } = driver;
  const n = random.below(1_000_000);
  const listed = driver.ledger.keys('conversation/').filter((key) => key.split('/').length === 2);
  const one = listed.length === 0 ? undefined : random.pick(listed);
  const conversation = one?.slice('conversation/'.length);
  const kinds: (() => Written)[] = [
    () => putTerm(driver, n),
    () => setSetting(driver, 'idleMinutes', 1 + (n % 600)),
    () => setSetting(driver, 'prompts', [{ name: `p${n}`, text: `Say ${n} to {page}` }]),
    () => setSetting(driver, 'language', random.pick(['de', 'en', 'fr', 'es'])),
    () => changePrompt(driver, n),
    () => removeTerm(driver),
  ];
  if (one === undefined || conversation === undefined) return random.pick(kinds)();
  const title = `Title ${n}`;
  const rename = () =>
    driver.write({ [`${one}/title`]: title }, 'rename-conversation', { conversation, title });
  return random.pick([...kinds, rename, rename, () => deleteConversation(driver, conversation)])();
}

function putTerm(driver: Driver, n: number): Written {
  const entry = { from: 'en', to: 'de', term: `gate ${n % 40}`, translation: `Tor ${n}` };
  return driver.write({ [`term/en>de/${entry.term}`]: entry.translation }, 'put-terms', { entries: [entry] });
}

function removeTerm(driver: Driver): Written {
  const key = driver.ledger.keys('term/en>de/')[0];
  if (key === undefined) return putTerm(driver, 0);
  const entry = { from: 'en', to: 'de', term: key.slice('term/en>de/'.length), translation: '' };
  const translation = driver.ledger.value(key) ?? '';
  return driver.write({ [key]: undefined }, 'remove-terms', { entries: [{ ...entry, translation }] });
}

function setSetting(driver: Driver, name: 'idleMinutes' | 'prompts' | 'language', value: unknown): Written {
  return driver.write({ [`setting/${name}`]: JSON.stringify(value) }, 'set-settings', {
    settings: { [name]: value },
  });
}

function changePrompt(driver: Driver, n: number): Written {
  const [profile, task] = ['demo', 'tldr.short'] as const;
  const words = `Say it in ${n} words.`;
  return driver.write({ [`prompt/${profile}/${task}`]: words }, 'change-task-prompt', {
    profile,
    task,
    text: words,
  });
}

/** Few: an answer under way is better lost to the fault than to this. */
async function deleteConversation(driver: Driver, conversation: string): Promise<unknown> {
  const key = `conversation/${conversation}`;
  if (driver.random.below(4) > 0 || driver.ledger.keys('conversation/').length < 40)
    return driver.write({ [`${key}/title`]: 'Kept' }, 'rename-conversation', { conversation, title: 'Kept' });
  const under = driver.ledger.keys(`${key}/`).map((each) => [each, undefined] as const);
  return driver.write(
    { [key]: undefined, [`${key}/title`]: undefined, ...Object.fromEntries(under) },
    'delete-conversation',
    { conversation },
  );
}

/** Slows the GPU of the engine that runs now; the next engine is not slow. */
const slow = (driver: Driver): Promise<void> => driver.linnet.slowGpu(SLOW_MS).catch(() => undefined);

/** Waits until a job is over, or in one of the phases, or the activity is to end. */
async function settled(
  driver: Driver,
  job: string,
  signal: AbortSignal,
  phases: readonly string[] = [],
): Promise<void> {
  while (!signal.aborted) {
    await driver.noteAnswers();
    const now = (await driver.seen()).find(({ id }) => id === job);
    if (now !== undefined && [...OVER, ...phases].includes(now.phase)) return;
    await delay(50, undefined, { signal }).catch(() => undefined);
  }
}

export const activities: readonly Activity[] = [
  { name: 'writes', within: 1500, run: writes },
  { name: 'answer', within: 4000, run: answer },
  { name: 'map–reduce', within: 6000, run: mapReduce },
  { name: 'load', within: 5000, run: load },
  { name: 'import', within: 4000, run: imports },
];
