/**
 * Answers of the extension: its job service with the real engine, as in the worker, without the pages and the ports
 * around it. The model is converted once, into a store on the disk.
 */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { packagedTraits } from '../../app/protocol/model-traits.ts';
import { errorOf } from '../../app/protocol/types.ts';
import { JobService } from '../../app/worker/job-service.ts';
import { newJob } from '../../app/worker/new-job.ts';
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

export async function openLinnet({ name, path, gpu, store }: LinnetOptions): Promise<AnswerWriter> {
  const model = basename(path).replace(/\.gguf$/, '');
  return linnetWriter(name, await load(path, model, gpu, store));
}

/** `name`: that in the records. */
export function linnetWriter(name: string, loaded: LoadedModel): AnswerWriter {
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
    models: { ready: async () => watched, wantsOther: () => false, lost: () => {} },
    store: memoryStore(),
    emit: () => {},
    now: () => Date.now(),
  });
  return {
    name,
    model: loaded.facts.model.name,
    async write(item) {
      steps = [];
      const page = item.task === 'translation' ? {} : { page: item.page };
      const job = await jobs.outcome(newJob(item.request, Date.now(), {}), async () => ({
        before: [],
        ...page,
      }));
      const error = errorOf(job);
      if (error !== undefined) throw new Error(`${item.task} of ${item.id}: ${error.message}`);
      return answerOf(item, job.text, steps);
    },
    close: async () => loaded.dispose(),
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
  const begun = last?.request.prompt.kind === 'messages' ? (last.request.prompt.begun ?? '') : '';
  return {
    text,
    raw: begun + (last?.result.text ?? ''),
    stop: steps.some(({ result }) => result.stop === 'length')
      ? 'length'
      : stopOf(last?.result.stop ?? 'end'),
    tokens: steps.reduce((sum, { result }) => sum + result.ids.length, 0),
    instructions: steps.length === 0 ? '' : instructionsOf(steps.at(-1)!.request, item),
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
