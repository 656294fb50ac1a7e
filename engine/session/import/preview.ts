/** Reports what an import would download, store and need, so that the host can ask the user and check the device. */
import type { CheckpointFolder } from '../../weights/sources/byte-source.ts';
import { DEFAULT_PROFILE } from '../../weights/store/profiles.ts';
import { openSource } from './import-source.ts';
import type { ImportHooks } from '../model.ts';
import type { ImportOptions, ModelPreview } from '../types.ts';

/** Reads small files and headers only. Throws the errors that an import would throw for them. */
export async function previewModel(
  folder: CheckpointFolder,
  options: ImportOptions = {},
  { signal, dryRun }: Pick<ImportHooks, 'signal' | 'dryRun'> = {},
): Promise<ModelPreview> {
  const weights = options.weights ?? DEFAULT_PROFILE;
  const tried = await dryRun?.run(folder, weights, signal);
  const source = await openSource(tried?.folder ?? folder, weights, signal);
  const sections = source.tensors.flatMap((tensor) => tensor.sections);
  return {
    name: options.name ?? source.name,
    weights: source.weights,
    ...source.facts,
    total: source.feed.total,
    bytes: source.bytes,
    largestBytes: sections.reduce((most, { bytes }) => Math.max(most, bytes), 0),
    sizes: source.sizes,
  };
}
