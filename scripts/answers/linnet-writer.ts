/**
 * Answers of the extension: its job service with the real engine, as in the worker, without the pages and the ports
 * around it. The model is converted once, into a store on the disk.
 */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { offerOf } from '../../app/worker/abilities/offer.ts';
import { probe } from '../../app/worker/abilities/probe.ts';
import { askTrial } from '../../app/worker/abilities/prober.ts';
import { profileOfLoaded } from '../../app/worker/prompts/choose-profile.ts';
import { type ModelOffer, type TaskOffer, writesLanguage } from '../../app/protocol/abilities.ts';
import { packagedTraits } from '../../app/protocol/model-traits.ts';
import { errorOf, type Job } from '../../app/protocol/types.ts';
import { JobService } from '../../app/worker/job-service.ts';
import { newJob } from '../../app/worker/new-job.ts';
import { withQuotes } from '../../app/worker/summary/quote-page.ts';
import { endByPage } from '../../app/worker/end-by-page.ts';
import { memoryStore } from '../../app/worker/store/store-memory.ts';
import { nodeFile, nodeFolder, nodeStorage } from '../../cli/node-files.ts';
import {
  type GenerateRequest,
  type GenerateResult,
  type Gpu,
  importModel,
  listModels,
  type LoadedModel,
  loadModel,
  openStore,
} from '../../engine/index.ts';
import type { AnswerItem } from './items.ts';
import { PAIRS } from './pairs.ts';
import type { AnswerStop, WrittenAnswer } from './records.ts';
import type { AnswerWriter } from './writer.ts';

export interface LinnetOptions {
  /** Name in the records; one for each version of the code that is compared. */
  readonly name: string;
  /** A GGUF file, or the folder of a checkpoint. */
  readonly path: string;
  readonly gpu: Gpu;
  /** Folder of converted models. */
  readonly store: string;
}

/** One request to the model, with its result. */
interface Step {
  readonly request: GenerateRequest;
  readonly result: GenerateResult;
}

/**
 * `linnet`: what a person gets, where a model that failed its trial is not asked for what it cannot do; `asked`: what the
 * model writes of that when it is asked all the same.
 */
export type LinnetRow = 'linnet' | 'asked';

/** The writers of {@link LinnetRow}, on the engine. */
export async function* openLinnet(
  { name, path, gpu, store }: LinnetOptions,
  rows: readonly LinnetRow[],
): AsyncGenerator<AnswerWriter> {
  const model = basename(path).replace(/\.gguf$/, '');
  yield* linnetWriters(name, await load(path, model, gpu, store), rows);
}

/** The writers of {@link openLinnet}; the model is disposed of after the last. */
export async function* linnetWriters(
  name: string,
  loaded: LoadedModel,
  rows: readonly LinnetRow[],
): AsyncGenerator<AnswerWriter> {
  const offer = await offerFor(loaded);
  const translates = translator(loaded);
  const refused = async (item: AnswerItem) => !(await translates(item)) || (await isByPage(item, offer));
  if (rows.includes('linnet')) {
    const writer = linnetWriter(name, loaded, offer);
    const write: AnswerWriter['write'] = async (item) =>
      (await translates(item)) ? await writer.write(item) : NOT_OFFERED;
    yield { ...writer, write };
  }
  if (rows.includes('asked')) {
    const asked = linnetWriter(`${name}, asked`, loaded);
    // What the model is asked for anyway would be the same answer once more.
    const write: AnswerWriter['write'] = async (item) =>
      (await refused(item)) ? await asked.write(item) : undefined;
    yield { ...asked, write };
  }
  loaded.dispose();
}

/** Whether the page's own sentences are the answer. */
async function isByPage(item: AnswerItem, offer: TaskOffer): Promise<boolean> {
  const context = async () => ({ before: [], page: item.page });
  return (await endByPage(jobOf(item), offer, context, async () => undefined)) !== undefined;
}

const jobOf = ({ request, task, page }: AnswerItem): Job =>
  withQuotes(newJob(request, Date.now(), {}), task === 'translation' ? undefined : page);

const NOT_OFFERED: WrittenAnswer = {
  text: '',
  raw: '',
  stop: 'form',
  tokens: 0,
  instructions: '',
  notOffered: true,
};

/** Whether the model is offered for an item, if that is a translation; its languages are tried at the first. */
function translator(loaded: LoadedModel): (item: AnswerItem) => Promise<boolean> {
  const tags = [...new Set(PAIRS.map(({ language }) => language))];
  let offer: Promise<ModelOffer> | undefined;
  return async ({ request }) => {
    if (request.kind !== 'translation') return true;
    offer ??= tried(loaded, tags);
    return writesLanguage(await offer, request.language);
  };
}

/** What the model's size, or else the trial at import, says that it is good for; without other languages than English. */
async function offerFor(loaded: LoadedModel): Promise<TaskOffer> {
  const { model } = loaded.facts;
  const untried = offerOf(undefined, model);
  const offer = untried.reason === 'small' ? untried : await tried(loaded, []);
  return { model: model.name, offer };
}

async function tried(loaded: LoadedModel, languages: readonly string[]): Promise<ModelOffer> {
  const { signal } = new AbortController();
  const abilities = await probe({
    profile: profileOfLoaded(loaded),
    languages,
    generate: (question) => askTrial(loaded, question, signal, () => {}),
    progress: () => {},
    now: () => Date.now(),
  });
  return offerOf(abilities, loaded.facts.model);
}

/** `name`: that in the records. Without `offer` the model is asked for everything. */
export function linnetWriter(name: string, loaded: LoadedModel, offer?: TaskOffer): AnswerWriter {
  let steps: Step[] = [];
  const watched: LoadedModel = {
    ...loaded,
    async generate(request, hooks) {
      const result = await loaded.generate(request, hooks);
      steps.push({ request, result });
      return result;
    },
  };
  const jobs = new JobService({
    models: { ready: async () => watched, wantsOther: () => false, lost: () => {}, unload: () => {} },
    store: memoryStore(),
    emit: () => {},
    now: () => Date.now(),
    offer: () => offer,
  });
  return {
    name,
    model: loaded.facts.model.name,
    async write(item) {
      steps = [];
      const page = item.task === 'translation' ? {} : { page: item.page };
      const job = await jobs.outcome(jobOf(item), async () => ({ before: [], ...page }));
      const error = errorOf(job);
      if (error !== undefined) throw new Error(`${item.task} of ${item.id}: ${error.message}`);
      return answerOf(item, job.text, steps);
    },
    close: async () => {},
  };
}

async function load(path: string, name: string, gpu: Gpu, folder: string): Promise<LoadedModel> {
  const store = openStore(nodeStorage(folder));
  const stored = (await listModels(store)).find((model) => model.name === name);
  const isFile = (await stat(path)).isFile();
  const traits = name === 'demo' ? { traits: packagedTraits } : {};
  const checkpoint = isFile ? nodeFile(path) : nodeFolder(path);
  const { id } = stored ?? (await importModel(checkpoint, store, { weights: 'm0e4', name, ...traits }));
  return await loadModel(store, id, gpu);
}

function answerOf(item: AnswerItem, text: string, steps: readonly Step[]): WrittenAnswer {
  const last = steps.at(-1);
  if (last === undefined) return { text, raw: text, stop: 'form', tokens: 0, instructions: '' };
  const begun = last.request.prompt.kind === 'messages' ? (last.request.prompt.begun ?? '') : '';
  return {
    text,
    raw: begun + last.result.text,
    stop: steps.some(({ result }) => result.stop === 'length') ? 'length' : stopOf(last.result.stop),
    tokens: steps.reduce((sum, { result }) => sum + result.ids.length, 0),
    instructions: instructionsOf(last.request, item),
  };
}

/** Any stop but the model's own end and the limit is that of a guide. */
function stopOf(stop: string): AnswerStop {
  return stop === 'end' || stop === 'length' ? stop : 'form';
}

/** The lines of the prompt that are not the page's. */
function instructionsOf({ prompt }: GenerateRequest, { page }: AnswerItem): string {
  const all = prompt.kind === 'text' ? prompt.text : prompt.messages.map(({ content }) => content).join('\n');
  const own = new Set([page.title, ...page.text.split('\n')].map((line) => line.trim()));
  return all
    .split('\n')
    .filter((line) => !own.has(line.trim()))
    .join('\n');
}
