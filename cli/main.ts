/**
 * Command line for developers: runs the extension's engine in Node. `npm run -s linnet -- --help`.
 *
 * Writes only the result to standard output; progress and statistics go to standard error.
 * On failure writes one message (code, description, next step) to standard error and exits with code 1.
 */
import { stat } from 'node:fs/promises';
import {
  type CheckpointFolder,
  type Gpu,
  gpuCalibrator,
  httpFolder,
  importModel,
  inspectCheckpoint,
  EngineError,
  listModels,
  listUnfinished,
  type LoadedModel,
  loadEmbedder,
  loadModel,
  memoryStorage,
  type ModelStore,
  openStore,
  plainProfile,
  type StoredModel,
  storedVariants,
  type UnfinishedImport,
} from '../engine/index.ts';
import { openDefault, openNamed, rerunOnSoftware } from './adapter.ts';
import { compilationsDone } from './dawn.ts';
import { nodeFile, nodeFolder, nodeStorage } from './node-files.ts';
import { publishedFolder } from './published-folder.ts';
import {
  HELP,
  numberOf,
  type Options,
  promptOf,
  readOptions,
  required,
  samplingOf,
  textsOf,
} from './options.ts';
import { NEXT_STEPS } from './next-steps.ts';
import { formatCost, formatDialogue, formatEmbeddings, formatLogits, liveWriter } from './print.ts';

/** The result of a command, for standard output. */
type Output = { readonly json: unknown; readonly human: string };

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options.command === 'help') return await print(HELP);
  const needsNoGpu = ['models', 'import', 'convert'].includes(options.command);
  const calibrates = needsNoGpu && plainProfile(options.weights) !== undefined;
  const calibrating = calibrates ? await openAdapter(options) : undefined;
  if (calibrating === 'none') return await rerunOnSoftware();
  const output = needsNoGpu ? await manageStore(options, calibrating) : undefined;
  if (output !== undefined) return await print(format(output, options));
  const gpu =
    options.command === 'inspect' && options.adapter === undefined ? undefined : await openAdapter(options);
  if (gpu === 'none') return await rerunOnSoftware();
  const result = await compute(options, gpu);
  return await print(format(result, options));
}

async function openAdapter({ adapter }: Options): Promise<Gpu | 'none'> {
  return adapter === undefined ? ((await openDefault()) ?? 'none') : await openNamed(adapter);
}

async function compute(options: Options, gpu: Gpu | undefined): Promise<Output> {
  if (gpu === undefined) {
    const { activations, cache, capacity, weights } = options;
    const folder = await folderOf(options);
    const text = await inspectCheckpoint(folder, {
      weights,
      cache,
      ...(activations === undefined ? {} : { activations }),
      ...(capacity === undefined ? {} : { capacity }),
    });
    return { json: { inspect: text }, human: `${text}\n` };
  }
  if (options.command === 'embed') return await embed(options, gpu);
  const model = await load(options, gpu);
  if (options.command === 'generate') return await generate(options, model);
  if (options.command === 'logits') return await logits(options, model);
  if (options.command === 'perplexity') return await perplexity(options, model);
  const text = model.inspect();
  return { json: { inspect: text, adapter: model.facts.adapter }, human: `${text}\n` };
}

async function generate({ values, drafts }: Options, model: LoadedModel): Promise<Output> {
  const live = values.json !== true;
  const request = {
    prompt: await promptOf(values),
    maxTokens: numberOf(values, 'max-tokens') ?? 128,
    sampling: samplingOf(values),
    speculation: drafts,
    ignoreEos: values['ignore-eos'] === true,
  };
  const write = liveWriter(
    (text) => void process.stdout.write(text),
    (text) => void process.stderr.write(text),
  );
  const result = await model.generate(request, live ? { onEvent: write } : {});
  const { adapter } = model.facts;
  process.stderr.write(live ? `\n\n${formatCost(result, model.facts)}` : '');
  return { json: { ...result, adapter, ...settings(model) }, human: '' };
}

async function logits({ values }: Options, model: LoadedModel): Promise<Output> {
  const { ids, logits } = await model.logits(await promptOf(values));
  return {
    json: { ids, logits: [...logits], adapter: model.facts.adapter, ...settings(model) },
    human: formatLogits(ids, logits),
  };
}

async function perplexity({ values }: Options, model: LoadedModel): Promise<Output> {
  const texts = (await textsOf(required(values, 'text'))).slice(0, numberOf(values, 'limit'));
  const onText = (done: number, total: number) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${total} texts`);
  };
  const result = await model.perplexity(texts, { onText });
  const human = `perplexity ${result.perplexity.toFixed(4)} over ${result.tokens} tokens of ${result.texts} texts\n`;
  return { json: { ...result, adapter: model.facts.adapter, ...settings(model) }, human };
}

async function embed(options: Options, gpu: Gpu): Promise<Output> {
  const { values, activations, as, capacity } = options;
  const texts = (await textsOf(required(values, 'text'))).slice(0, numberOf(values, 'limit'));
  const { store, id, hooks } = await stored(options, gpu);
  const embedder = await loadEmbedder(
    store,
    id,
    gpu,
    {
      ...(activations === undefined ? {} : { activations }),
      ...(capacity === undefined ? {} : { rows: capacity }),
    },
    hooks,
  );
  const { vectors, tokens, cut } = await embedder.embed(texts, { as });
  const { facts } = embedder;
  return {
    json: { vectors: vectors.map((vector) => [...vector]), tokens, cut, ...facts },
    human: formatEmbeddings(vectors, tokens, facts),
  };
}

function settings({ facts }: LoadedModel) {
  const { model, activations, cache, capacity } = facts;
  return { weights: model.weights, activations, cache, capacity };
}

/** Runs `import`, `convert` or `models`. */
async function manageStore(options: Options, gpu: Gpu | undefined): Promise<Output> {
  const { command, values } = options;
  const storage =
    command === 'convert'
      ? await publishedFolder(required(values, 'out'))
      : nodeStorage(required(values, 'store'));
  const store = openStore(storage);
  const models = command === 'models' ? await listModels(store) : [await convert(options, store, gpu)];
  const unfinished = await listUnfinished(store);
  const line = (m: StoredModel) =>
    `${m.id}  ${m.weights}  ${(m.bytes / 1e6).toFixed(1)} MB  ${m.name}${m.hashed === true ? '  hashed' : ''}\n`;
  const unfinishedLine = (u: UnfinishedImport) =>
    `${u.id}  ${Math.floor((100 * u.done) / Math.max(1, u.total))} % imported  ${u.name}\n`;
  return {
    json: { models, ...(unfinished.length > 0 ? { unfinished } : {}) },
    human: [...models.map(line), ...unfinished.map(unfinishedLine)].join(''),
  };
}

/** The model in a store: the one of `--store`, or one in memory. */
async function stored(options: Options, gpu: Gpu) {
  const { values, weights } = options;
  const storage = values.store === undefined ? memoryStorage() : nodeStorage(values.store);
  const store = openStore(storage);
  const name = values.name ?? (await folderOf(options)).name;
  // If one model is stored in two number formats, the second is named `name (2)`.
  const models = (await listModels(store)).filter((m) => m.weights === weights);
  const existing =
    models.find((m) => m.name === name) ?? models.find((m) => m.name.replace(/ \(\d+\)$/, '') === name);
  const { id } = existing ?? (await convert(options, store, gpu));
  const hooks = values.forms === true ? { variants: storedVariants(storage) } : {};
  return { store, id, hooks };
}

async function load(options: Options, gpu: Gpu): Promise<LoadedModel> {
  const { activations, cache, capacity } = options;
  const { store, id, hooks } = await stored(options, gpu);
  const settings = {
    cache,
    ...(activations === undefined ? {} : { activations }),
    ...(capacity === undefined ? {} : { capacity }),
  };
  return await loadModel(store, id, gpu, settings, hooks);
}

async function convert(options: Options, store: ModelStore, gpu: Gpu | undefined): Promise<StoredModel> {
  const { weights, values } = options;
  const model = await importModel(
    await folderOf(options),
    store,
    values.name === undefined ? { weights } : { weights, name: values.name },
    {
      // Without a profile that asks for it nothing is calibrated: what a command writes must not depend on its machine.
      ...(gpu === undefined || plainProfile(weights) === undefined
        ? {}
        : { calibrator: async () => gpuCalibrator(gpu) }),
      onProgress: ({ phase, done, total, tensor }) => {
        if (!process.stderr.isTTY || total === 0) return;
        process.stderr.write(`\r${phase} ${((100 * done) / total).toFixed(0)} % ${tensor ?? ''}\u001b[K`);
        if (phase === 'finishing') process.stderr.write('\r\u001b[K');
      },
    },
  );
  process.stderr.write(formatDialogue(model.dialogue));
  return model;
}

async function folderOf({ values }: Options): Promise<CheckpointFolder> {
  const model = required(values, 'model');
  const facts = await stat(model).catch(() => undefined);
  if (facts?.isFile() === true) return nodeFile(model);
  const isFolder = facts?.isDirectory() === true;
  // Treats text that looks like a path as a path, so that the error names the missing file.
  return isFolder || /^[./~]/.test(model) ? nodeFolder(model) : httpFolder(model, tokenOption());
}

/** An access token for a hub, as the hub's own tools take it. */
function tokenOption(): { token?: string } {
  const { HF_TOKEN: token } = process.env;
  return token === undefined || token === '' ? {} : { token };
}

function format({ json, human }: Output, { values }: Options): string {
  return values.json === true ? `${JSON.stringify(json)}\n` : human;
}

/** Waits until standard output has accepted all text: `process.exit` drops buffered output. */
function print(text: string): Promise<number> {
  return new Promise((resolve) => process.stdout.write(text, () => resolve(0)));
}

function printError(error: unknown): void {
  if (error instanceof EngineError && error.code !== 'internal') {
    process.stderr.write(`linnet: ${error.code}: ${error.message}\n  ${NEXT_STEPS[error.code]}\n`);
  } else {
    process.stderr.write(
      `linnet: internal: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
  }
}

try {
  // Dawn keeps the process alive, so exit explicitly.
  const code = await main();
  await compilationsDone();
  process.exit(code);
} catch (error) {
  printError(error);
  await compilationsDone();
  process.exit(1);
}
