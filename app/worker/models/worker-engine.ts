/** The {@link Engine} of the worker: models in OPFS, the browser's GPU. */
import { isPractice, packagedTraits } from '../../protocol/model-traits.ts';
import {
  type CacheForm,
  type Gpu,
  findModels,
  gpuCalibrator,
  measureModelLoss,
  folderFromFiles,
  eraseOpfs,
  log,
  variantsKey,
  httpFolder,
  type HttpOptions,
  importModel,
  type ImportModelOptions,
  listModels,
  listUnfinished,
  loadEmbedder,
  type LoadedModel,
  loadModel,
  type ModelStore,
  type OpenEncoders,
  openGpu,
  openStore,
  opfsStorage,
  previewModel,
  verifyModel,
  type Pace,
  storedPacking,
  storedPrecision,
  type DryRun,
  storedVariants,
} from '../../../engine/index.ts';
import { afterLoss } from './after-loss.ts';
import { loadInForm } from './cache-fallback.ts';
import { calibrationRoom, calibratorChoice } from './calibrator-choice.ts';
import type { Engine, ImportForm, ImportOrigin } from './engine.ts';
import { hubToken } from './access/hub-token.ts';
import { ownPolicy } from './access/own-policy.ts';

/** Folder of the origin's file system. */
const ROOT = 'linnet';
/** Bytes left free beside a new model, for conversations and settings. */
const SPARE_BYTES = 8 * 1024 * 1024;

export interface WorkerEngineOptions {
  /** The browser's `navigator.gpu`; undefined if it has none. */
  readonly provider: Parameters<typeof openGpu>[0];
  /** Address of the demo model inside the extension. */
  readonly demo: string;
  /** Memory of the device, as the browser says. */
  readonly memoryGiB?: number | undefined;
  /** Tries files before they are opened. */
  readonly dryRun?: DryRun;
  /** Encodes the weights of an import. */
  readonly encoders?: OpenEncoders;
}

export function createWorkerEngine(given: WorkerEngineOptions): Engine {
  const { provider, demo, memoryGiB, dryRun, encoders } = given;
  /** The demo model is a part of the package. */
  const dryRunOf = ({ kind }: ImportOrigin) => (kind === 'demo' ? undefined : dryRun);
  let store: Promise<ModelStore> | undefined;
  let gpu: Promise<Gpu> | undefined;
  const policy = ownPolicy(demo);
  const source = async (checkpoint: ImportOrigin) => {
    return sourceOf(checkpoint, demo, await connection());
  };
  const connection = async (): Promise<Pick<HttpOptions, 'policy' | 'token'>> => {
    const token = (await access.get())?.token;
    return { policy, ...(token === undefined ? {} : { token }) };
  };
  let pace: Pace = 'full';
  let current: LoadedModel | undefined;

  const stored = (): Promise<ModelStore> => {
    store ??= openSweptStore().catch((error) => {
      store = undefined;
      throw error;
    });
    return store;
  };
  const access = hubToken(async () => (await stored()).storage);
  const device = async (): Promise<Gpu> => {
    const open = await gpu?.catch(() => undefined);
    if (open !== undefined && isUsable(open)) return open;
    gpu = openGpu(provider);
    return gpu;
  };

  return {
    list: async () => listModels(await stored()),
    async import(checkpoint, { turn, onCalibration, ...hooks }, form = {}) {
      const { folder, options } = await source(checkpoint);
      const origin = JSON.stringify(originOf(checkpoint));
      const calibrator = calibratorChoice({
        ...{ device, turn, onCalibration, signal: hooks.signal, now: () => performance.now() },
        patient: form.patient === true,
        memoryGiB: (navigator as { deviceMemory?: number }).deviceMemory,
      });
      return importModel(
        folder,
        await stored(),
        { spareBytes: SPARE_BYTES, origin, ...options, ...formOptions(form) },
        { ...hooks, calibrator, encoders, dryRun: dryRunOf(checkpoint) },
      );
    },
    sourceOf: ({ origin }) => checkpointOf(origin),
    async unfinished() {
      return (await listUnfinished(await stored())).map((left) => {
        const checkpoint = checkpointOf(left.origin);
        return { ...left, checkpoint };
      });
    },
    discard: async (id) => (await stored()).discard(id),
    unreadable: async () => (await stored()).unreadable(),
    discardUnreadable: async () => (await stored()).discardUnreadable(),
    async erase() {
      store = undefined;
      access.forget();
      await eraseOpfs(ROOT);
    },
    find: async (address, revision) => findModels(address, { revision, ...(await connection()) }),
    hubToken: async () => (await access.get())?.place,
    setHubToken: (token, keep) => access.set(token, keep),
    preview: async (checkpoint) => {
      const { folder, options } = await source(checkpoint);
      return previewModel(folder, options, { dryRun: dryRunOf(checkpoint) });
    },
    async measureLoss(checkpoint, id, { turn, ...hooks }) {
      const { folder } = await source(checkpoint);
      const passages = gpuCalibrator(device, { turn });
      const mostBytes = calibrationRoom((navigator as { deviceMemory?: number }).deviceMemory);
      const all = { ...hooks, encoders, mostBytes, dryRun: dryRunOf(checkpoint) };
      return measureModelLoss(folder, await stored(), id, passages, all);
    },
    verify: async (id) => verifyModel(await stored(), id),
    remove: async (id) => (await stored()).remove(id),
    async load(id, cache, hooks) {
      const models = await stored();
      const load = async (form: CacheForm) => {
        const open = await device();
        const variants = variantsOf(models, open);
        const precision = storedPrecision(models.storage);
        const packing = packingOf(models, open);
        const options = { pace, cache: form, ...roomForCache(memoryGiB) };
        const packaged = isPractice((await models.open(id)).manifest);
        const tried = { dryRun: packaged ? undefined : dryRun, version: dryRun?.version };
        return loadModel(models, id, open, options, { ...hooks, ...tried, variants, precision, packing });
      };
      current = await afterLoss(provider, () => loadInForm(cache, load), hooks.signal);
      current.setPace(pace); // it may have changed while the model was loading
      return current;
    },
    async loadEmbedder(id, hooks) {
      const models = await stored();
      const open = await device();
      const tried = { dryRun, version: dryRun?.version };
      return loadEmbedder(models, id, open, {}, { ...hooks, ...tried, variants: variantsOf(models, open) });
    },
    setPace(next) {
      pace = next;
      current?.setPace(next);
    },
    storage: async () => (await stored()).storage,
    estimate: async () => (await stored()).estimate(),
    async adapter() {
      const { facts } = await device();
      const tested = await storedVariants((await stored()).storage).read(variantsKey(facts));
      return tested === undefined ? facts : { ...facts, variants: tested.results };
    },
  };
}

/** On a software adapter the kernel variants are no faster, and testing them takes longer than they would save. */
const variantsOf = (models: ModelStore, { facts }: Gpu) =>
  facts.software ? undefined : storedVariants(models.storage);

/** On a software adapter the needle test takes minutes of all cores. */
const packingOf = (models: ModelStore, { facts }: Gpu) =>
  facts.software ? undefined : storedPacking(models.storage);

/** Browsers report no more, so it may be any amount. */
const MEMORY_CAP_GiB = 8;
/** A share of the memory beside which a model and the system have room. */
const CACHE_SHARE = 1 / 8;

/** The KV cache may take an eighth of the memory; without a limit where the browser says nothing, or the most it says. */
function roomForCache(memoryGiB: number | undefined): { readonly cacheBytes?: number } {
  const isKnown = memoryGiB !== undefined && memoryGiB < MEMORY_CAP_GiB;
  return isKnown ? { cacheBytes: memoryGiB * 2 ** 30 * CACHE_SHARE } : {};
}

function formOptions({ weights, replaces }: ImportForm): ImportModelOptions {
  const size = weights === undefined ? {} : { weights };
  if (replaces === undefined) return size;
  const { id, name, traits = [] } = replaces;
  return { ...size, id, name, traits, improves: true };
}

/** Identifies files by name and size, so that they are recognised when chosen from another folder. */
function originOf(checkpoint: ImportOrigin): object {
  if (checkpoint.kind !== 'files') return checkpoint;
  const files = checkpoint.files.map(({ path, file }) => [path.split('/').pop(), file.size]);
  return { kind: 'files', files: files.map(String).sort() };
}

/** The origin of an unfinished import; undefined for files, which a person must choose again. */
function checkpointOf(origin: string | undefined): ImportOrigin | undefined {
  const checkpoint = parsed(origin ?? '{}') as Readonly<Record<string, unknown>> | null;
  if (checkpoint?.kind === 'demo') return { kind: 'demo' };
  if (checkpoint?.kind !== 'address' || typeof checkpoint.address !== 'string') return undefined;
  const { address, revision, name } = checkpoint;
  const known = isTextIfAny(revision) && isTextIfAny(name);
  return known ? { kind: 'address', address, revision, name } : undefined;
}

const isTextIfAny = (x: unknown): x is string | undefined => x === undefined || typeof x === 'string';

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Opens the store and removes unused files. Imports that were cut off stay, so that they can continue. */
async function openSweptStore(): Promise<ModelStore> {
  const store = openStore(await opfsStorage(ROOT));
  await store
    .sweep()
    .catch((error: unknown) => log('warn', 'models', `unused files could not be removed: ${String(error)}`));
  return store;
}

function isUsable(gpu: Gpu): boolean {
  try {
    gpu.check();
    return true;
  } catch {
    gpu.dispose();
    return false;
  }
}

function sourceOf(checkpoint: ImportOrigin, demo: string, connection: Pick<HttpOptions, 'policy' | 'token'>) {
  switch (checkpoint.kind) {
    case 'files': {
      const folder = folderFromFiles(checkpoint.files, checkpoint.name || undefined);
      return { folder, options: {} };
    }
    case 'address': {
      const { address, name, revision } = checkpoint;
      const folder = httpFolder(address, { revision, ...connection });
      return { folder, options: { name } };
    }
    case 'demo':
      return {
        folder: httpFolder(demo, { wholeFiles: true }),
        options: { name: 'Linnet demo', id: 'demo', traits: packagedTraits },
      };
  }
}
