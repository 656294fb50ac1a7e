/** The {@link Engine} of the worker: models in OPFS, the browser's GPU. */
import { packagedTraits } from '../../protocol/model-traits.ts';
import {
  type CacheForm,
  type Gpu,
  folderFromFiles,
  variantsKey,
  httpFolder,
  importModel,
  listModels,
  listUnfinished,
  type LoadedModel,
  loadModel,
  type ModelStore,
  openGpu,
  openStore,
  opfsStorage,
  previewModel,
  verifyModel,
  type Pace,
  storedVariants,
} from '../../../engine/index.ts';
import { loadInForm } from './cache-fallback.ts';
import type { ImportOrigin, Engine } from './engine.ts';

/** Kept free beside a new model, for conversations and settings; in bytes. */
const SPARE_BYTES = 8 * 1024 * 1024;

export interface WorkerEngineOptions {
  /** What the browser offers as its GPU; undefined where it has none. */
  readonly provider: Parameters<typeof openGpu>[0];
  /** Address of the demo model inside the extension. */
  readonly demo: string;
}

export function createWorkerEngine({ provider, demo }: WorkerEngineOptions): Engine {
  let store: Promise<ModelStore> | undefined;
  let gpu: Promise<Gpu> | undefined;
  let pace: Pace = 'full';
  let current: LoadedModel | undefined;

  const stored = (): Promise<ModelStore> => {
    store ??= openSwept().catch((error) => {
      store = undefined;
      throw error;
    });
    return store;
  };
  const device = async (): Promise<Gpu> => {
    const open = await gpu?.catch(() => undefined);
    if (open !== undefined && works(open)) return open;
    gpu = openGpu(provider);
    return gpu;
  };

  return {
    list: async () => listModels(await stored()),
    async import(checkpoint, hooks) {
      const { folder, options } = source(checkpoint, demo);
      const origin = JSON.stringify(originOf(checkpoint));
      return importModel(
        folder,
        await stored(),
        { weights: 'm0e4', spareBytes: SPARE_BYTES, origin, ...options },
        hooks,
      );
    },
    async unfinished() {
      return (await listUnfinished(await stored())).map((left) => {
        const checkpoint = checkpointOf(left.origin);
        return { ...left, checkpoint };
      });
    },
    discard: async (id) => (await stored()).discard(id),
    preview: (checkpoint) => {
      const { folder, options } = source(checkpoint, demo);
      return previewModel(folder, { weights: 'm0e4', ...options });
    },
    verify: async (id) => verifyModel(await stored(), id),
    remove: async (id) => (await stored()).remove(id),
    async load(id, cache, hooks) {
      const open = await device();
      const models = await stored();
      // In software the faster forms of kernels are no faster, and their tests take longer than they would save.
      const variants = open.facts.software ? undefined : storedVariants(models.storage);
      const load = (form: CacheForm) =>
        loadModel(models, id, open, { pace, cache: form }, { ...hooks, variants });
      current = await loadInForm(cache, load);
      current.setPace(pace); // it may have changed meanwhile
      return current;
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

/** Files are known again by their names and sizes, from whichever folder they are chosen. */
function originOf(checkpoint: ImportOrigin): object {
  if (checkpoint.kind !== 'files') return checkpoint;
  const files = checkpoint.files.map(({ path, file }) => [path.split('/').pop(), file.size]);
  return { kind: 'files', files: files.map(String).sort() };
}

/** Where an unfinished import comes from; undefined for files, which only a person can give again. */
function checkpointOf(origin: string | undefined): ImportOrigin | undefined {
  const checkpoint = JSON.parse(origin ?? '{}') as Partial<ImportOrigin>;
  if (checkpoint.kind === 'demo') return { kind: 'demo' };
  return checkpoint.kind === 'address' ? (checkpoint as ImportOrigin) : undefined;
}

/** Files that nobody can use any more are removed; imports that were cut off stay, to go on. */
async function openSwept(): Promise<ModelStore> {
  const store = openStore(await opfsStorage('linnet'));
  await store.sweep();
  return store;
}

function works(gpu: Gpu): boolean {
  try {
    gpu.check();
    return true;
  } catch {
    gpu.dispose();
    return false;
  }
}

function source(checkpoint: ImportOrigin, demo: string) {
  switch (checkpoint.kind) {
    case 'files': {
      const folder = folderFromFiles(checkpoint.files, checkpoint.name || undefined);
      return { folder, options: {} };
    }
    case 'address': {
      const { address, name, revision } = checkpoint;
      const folder = httpFolder(address, { revision });
      return { folder, options: { name } };
    }
    case 'demo':
      return {
        folder: httpFolder(demo, { wholeFiles: true }),
        options: { name: 'Linnet demo', id: 'demo', traits: packagedTraits },
      };
  }
}
