/**
 * A reading session as a person has it, against the real worker: the popup opens beside a page and the page is read ahead;
 * a tap on “Summarise”; a question; another one; a selection that the bubble offers to translate; the page opened again; and
 * once more the next day, after a restart. Each step counts the prompt tokens that are run after the tap, and those of the whole prompt: what a cold start would run.
 */
import { memoryStorage, type MemoryStorage } from '../../engine/index.ts';
import type { PageText } from '../../app/protocol/types.ts';
import { fakeEngine } from '../../app/testing/fake-engine.ts';
import { diskStore, TestClient } from '../../app/testing/test-client.ts';
import type { Store } from '../../app/worker/store/store.ts';
import { AppWorker } from '../../app/worker/worker.ts';
import type { CountedModel, CountedWork } from './counted-model.ts';

export const STEPS = [
  'summary',
  'question',
  'second question',
  'selection',
  'page again',
  'next day',
] as const;
export type SessionStep = (typeof STEPS)[number];

/** Bounds of what is left, as a share of a cold prefill. */
export const BOUNDS: Readonly<Record<SessionStep, number>> = {
  summary: 0.2,
  question: 0.2,
  'second question': 0.05,
  selection: 0.2,
  'page again': 0.05,
  'next day': 0.05,
};

export interface StepCount {
  readonly step: SessionStep;
  /** Tokens of the prompts of this step: what would be run cold. */
  readonly cold: number;
  /** Prompt tokens run before the tap. */
  readonly before: number;
  /** Prompt tokens run after the tap. */
  readonly after: number;
  /** Of the prompt tokens after the tap. */
  readonly dispatches: number;
  readonly bytesWritten: number;
}

export interface SessionOptions {
  /** Whether pages are read before the tap. */
  readonly ahead: boolean;
}

const POWER = { charging: true, level: 1, phone: false } as const;
const STYLE = { type: 'key-points', length: 'short' } as const;
const PAGE = 'https://example.org/';
/** Characters. */
const PARAGRAPH = 200;
const QUESTIONS = ['What is it about?', 'Why is that so?'] as const;
/** Bytes; a tenth of it holds every page. */
const QUOTA = 2 ** 32;
/** Milliseconds of each look for a file that is saved when the worker has been quiet. */
const LOOK_MS = 50;
const LOOKS = 400;

export async function runSession(
  model: CountedModel,
  page: PageText,
  { ahead }: SessionOptions,
): Promise<readonly StepCount[]> {
  const disk = { storage: memoryStorage(QUOTA), store: diskStore() };
  const counts: StepCount[] = [];
  let day = await begin(model, disk);
  const step = async (name: SessionStep, open: object | undefined, tap: () => Promise<string>) => {
    const start = model.counters();
    if (ahead && open !== undefined) await day.readAhead(open);
    const tapped = model.counters();
    day.prompts.length = 0;
    await day.over(await tap());
    const end = model.counters();
    const cold = day.prompts.reduce((sum, tokens) => sum + tokens, 0);
    const work = difference(tapped, end);
    counts.push({
      step: name,
      cold,
      before: tapped.prompt - start.prompt,
      after: work.prompt,
      ...rest(work),
    });
  };
  let conversation = '';
  const summarise = async () => {
    const started = await day.viewer.summarise({ page, style: STYLE });
    conversation = started.conversation ?? '';
    return started.job;
  };
  await step('summary', { page }, summarise);
  for (const [i, text] of QUESTIONS.entries()) {
    const ask = async () => (await day.viewer.chat({ text, conversation })).job;
    await step(i === 0 ? 'question' : 'second question', { conversation }, ask);
  }
  const translation = { kind: 'translation', text: selected(page), language: 'de', from: 'en' } as const;
  const { kind: _, ...request } = translation;
  await step('selection', { translation }, async () => (await day.bubble.translate(request)).job);
  await step('page again', { page }, summarise);
  await saved(disk.storage);
  day.end();
  day = await begin(model, disk);
  await step('next day', { page }, summarise);
  day.end();
  return counts;
}

/** A worker with an empty cache. */
async function begin(model: CountedModel, { storage, store }: { storage: MemoryStorage; store: Store }) {
  const prompts: number[] = [];
  const engine = fakeEngine([model.stored], storage);
  const unload: (() => void)[] = [];
  engine.load = async () => {
    const loaded = await model.load();
    unload.push(() => loaded.dispose());
    return {
      ...loaded,
      async generate(request, hooks) {
        prompts.push(loaded.countTokens(request.prompt));
        return loaded.generate(request, hooks);
      },
    };
  };
  // Trials of the model are another matter.
  const worker = new AppWorker({ engine, store, probeAfterMs: 2 ** 30 });
  const viewer = new TestClient(worker);
  const bubble = new TestClient(worker, { role: 'web-page', incognito: false, tab: 1, frame: 0, url: PAGE });
  // Pages ask for the style of the settings.
  await viewer.request('set-settings', { settings: { style: STYLE } });
  return {
    prompts,
    viewer,
    bubble,
    async readAhead(target: object) {
      const client = 'translation' in target ? bubble : viewer;
      await client.request('read-ahead', { ...target, power: POWER });
      await worker.jobs.inPause(async () => {});
    },
    async over(job: string) {
      await viewer.watch(`job:${job}`);
      const { progress } = await viewer.over(job);
      if (progress.phase !== 'done') throw new Error(`the answer ended as ${progress.phase}`);
    },
    end() {
      viewer.close();
      for (const dispose of unload) dispose();
    },
  };
}

/** What a person selects: the first paragraph that is longer than a heading. */
const selected = ({ text }: PageText): string =>
  text.split(/\n\s*\n/).find((paragraph) => paragraph.length >= PARAGRAPH) ?? text.slice(0, PARAGRAPH);

/** What was read is saved when no job has run for a while: then the index has the size of each file. */
async function saved(storage: MemoryStorage): Promise<void> {
  for (let look = 0; look < LOOKS; look++) {
    const index = await storage.open('prefixes/index.json');
    const text = index && new TextDecoder().decode(await index.read(0, index.size));
    const entries = JSON.parse(text || '[]') as readonly { readonly bytes: number }[];
    if (entries.length > 0 && entries.every(({ bytes }) => bytes > 0)) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

const difference = (from: CountedWork, to: CountedWork): CountedWork => ({
  prompt: to.prompt - from.prompt,
  dispatches: to.dispatches - from.dispatches,
  bytesWritten: to.bytesWritten - from.bytesWritten,
});

const rest = ({ dispatches, bytesWritten }: CountedWork) => ({ dispatches, bytesWritten });
