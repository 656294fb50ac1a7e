/**
 * Tries a stored model in a worker before it is loaded, once for each version of the program: the version that imported it
 * may have had other limits or none, and a file may hang or end the process that opens it.
 */
import { EngineError, fail } from '../../base/errors.ts';
import { log } from '../../base/log.ts';
import type { ByteSource, CheckpointFolder } from '../../weights/sources/byte-source.ts';
import { memorySource } from '../../weights/sources/memory-source.ts';
import { MANIFEST_FILE, manifestText, parseManifest } from '../../weights/store/manifest.ts';
import type { OpenModel, StoredFiles } from '../../weights/store/open-model.ts';
import { DEFAULT_CAPACITY, MAX_CHUNK } from '../limits.ts';
import { openStored } from '../open-stored.ts';
import type { DryRun } from './dry-run.ts';

/**
 * Returns the files to load, which are those that were tried. Throws what opening them would throw, `model-limit` where the
 * worker was ended or died, and `request-aborted` after `signal`.
 */
export async function tryStored(
  model: OpenModel,
  dryRun: DryRun | undefined,
  signal?: AbortSignal,
): Promise<StoredFiles> {
  if (dryRun === undefined || (await model.triedBy()) === dryRun.version) return model;
  const { manifest } = model;
  const { folder, passed } = await dryRun.run(folderOf(model), 'stored', signal).catch((error: unknown) => {
    if (signal?.aborted !== true) throw error;
    throw new EngineError('request-aborted', { who: manifest.name, message: 'the load was stopped' });
  });
  // Without room for the mark the model is tried again.
  if (passed)
    await model
      .setTriedBy(dryRun.version)
      .catch((error) => log('warn', 'dry-run', `not remembered: ${String(error)}`));
  return filesIn(folder, manifest);
}

function folderOf({ manifest, file }: StoredFiles): CheckpointFolder {
  return {
    name: manifest.name,
    async open(name): Promise<ByteSource | undefined> {
      if (name === MANIFEST_FILE) return memorySource(name, new TextEncoder().encode(manifestText(manifest)));
      return file(name);
    },
  };
}

function filesIn(folder: CheckpointFolder, manifest: StoredFiles['manifest']): StoredFiles {
  return {
    manifest,
    async file(name) {
      const source = await folder.open(name);
      if (source !== undefined) return source;
      return fail('store-damaged', { who: manifest.name, where: name, message: 'a file is missing' });
    },
  };
}

/** In the worker: opens the files of a stored model as a load does. */
export async function openTrial(folder: CheckpointFolder): Promise<void> {
  const source = await folder.open(MANIFEST_FILE);
  const bytes = (await source?.read(0, source.size)) ?? new Uint8Array(0);
  const manifest = parseManifest(new TextDecoder().decode(bytes), MANIFEST_FILE);
  await openStored(filesIn(folder, manifest), {
    activations: 'f32',
    maxChunk: MAX_CHUNK,
    capacity: DEFAULT_CAPACITY,
  });
}
