/** Whether a stored model is still what was imported: every byte of its weights is read and summed. */
import { parseJson } from '../../weights/sources/json.ts';
import { matrix } from '../../weights/store/manifest.ts';
import { cancelled } from '../../weights/sources/byte-source.ts';
import type { ModelStore } from '../../weights/store/store.ts';
import { storedWeights } from '../../weights/store/weight-reader.ts';

/** Bytes read at once. */
const STEP = 4 * 1024 * 1024;

/** Throws `store-damaged` with the tensor where it is not; resolves to the bytes that were read. */
export async function verifyModel(
  store: ModelStore,
  id: string,
  hooks: { onProgress?: (done: number, total: number) => void; signal?: AbortSignal } = {},
): Promise<number> {
  const model = await store.open(id);
  for (const name of model.manifest.files.filter((file) => file.endsWith('.json'))) {
    const source = await model.file(name);
    parseJson(await source.read(0, source.size), name, 'store-damaged');
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
