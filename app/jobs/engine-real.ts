/** The {@link Engine} of the worker: models in OPFS, the browser's GPU. */
import {
  type Gpu,
  folderFromFiles,
  httpFolder,
  importModel,
  listModels,
  loadModel,
  type ModelStore,
  openGpu,
  openStore,
  opfsStorage,
} from '../../engine/index.ts';
import type { Checkpoint, Engine } from './engine.ts';

export interface RealEngineOptions {
  /** What the browser offers as its GPU; undefined where it has none. */
  readonly provider: Parameters<typeof openGpu>[0];
  /** Address of the demo model inside the extension. */
  readonly demo: string;
}

export function realEngine({ provider, demo }: RealEngineOptions): Engine {
  let store: Promise<ModelStore> | undefined;
  let gpu: Promise<Gpu> | undefined;

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
      return importModel(folder, await stored(), { weights: 'm0e4', ...options }, hooks);
    },
    remove: async (id) => (await stored()).remove(id),
    load: async (id, hooks) => loadModel(await stored(), id, await device(), {}, hooks),
    estimate: async () => (await stored()).estimate(),
    adapter: async () => (await device()).facts,
  };
}

/** Imports that were cut off with the last worker left files behind. */
async function openSwept(): Promise<ModelStore> {
  const store = openStore(await opfsStorage());
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

function source(checkpoint: Checkpoint, demo: string) {
  switch (checkpoint.kind) {
    case 'files': {
      const folder = folderFromFiles(checkpoint.files, checkpoint.name || undefined);
      return { folder, options: {} };
    }
    case 'address': {
      const { address, name } = checkpoint;
      return { folder: httpFolder(address), options: name === undefined ? {} : { name } };
    }
    case 'demo':
      return { folder: httpFolder(demo), options: { name: 'Linnet demo', id: 'demo', demo: true } };
  }
}
