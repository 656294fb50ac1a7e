/** Verifies a stored model: reads every byte of its weights and compares the checksums. */
import { parseJson } from '../../weights/sources/json.ts';
import { matrix } from '../../weights/store/manifest.ts';
import { cancelled } from '../../weights/sources/byte-source.ts';
import type { ModelStore } from '../../weights/store/store.ts';
import { storedWeights, WEIGHTS_FILE } from '../../weights/store/weight-reader.ts';

/** Bytes per read. */
const STEP = 4 * 1024 * 1024;

/**
 * Returns the number of bytes read; `onProgress` gets bytes. Throws `store-damaged` with the name of the damaged file
 * or tensor, `store-missing`, and `source-cancelled` after `signal`.
 */
export async function verifyModel(
  store: ModelStore,
  id: string,
  hooks: { onProgress?: (done: number, total: number) => void; signal?: AbortSignal } = {},
): Promise<number> {
  const model = await store.open(id);
  for (const name of model.manifest.files.filter((file) => file !== WEIGHTS_FILE)) {
    const source = await model.file(name);
    // Models of earlier versions have no checksums of these files.
    if (name.endsWith('.json')) parseJson(await source.read(0, source.size), name, 'store-damaged');
  }
  const weights = await storedWeights(model);
  const sizes = model.manifest.tensors.map((t) => t.sections.reduce((sum, { bytes }) => sum + bytes, 0));
  const total = sizes.reduce((sum, bytes) => sum + bytes, 0);
  let done = 0;
  for (const [i, { name, shape }] of model.manifest.tensors.entries()) {
    const { rows } = matrix(shape);
    const bytes = sizes[i] as number;
    const step = Math.max(1, Math.floor((STEP * rows) / Math.max(1, bytes)));
    for (let first = 0; first < rows; first += step) {
      if (hooks.signal?.aborted === true) cancelled(model.manifest.name);
      await weights.read(name, first, Math.min(step, rows - first), hooks.signal);
      hooks.onProgress?.(done + (bytes * Math.min(rows, first + step)) / rows, total);
    }
    done += bytes;
  }
  return total;
}
