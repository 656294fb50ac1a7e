/** Finds the GGUF file of a folder, or the parts of a split one. */
import { fail } from '../../base/errors.ts';
import type { ByteSource, CheckpointFolder } from './byte-source.ts';
import { isGguf, isGgufModel, partNames, wholeName } from './gguf-names.ts';

/**
 * Opens the GGUF file of a folder without safetensors, or all parts of a split one, in order; any of them may be listed alone.
 * Undefined if there is none or the folder cannot be listed. Files that lie beside a model (pictures, adapters) are passed
 * over, but for one that is alone. Throws `source-several` for more than one model, `source-missing` with the name of a part.
 */
export async function findGguf(
  folder: CheckpointFolder,
  signal?: AbortSignal,
): Promise<readonly ByteSource[] | undefined> {
  const names = (await folder.list?.()) ?? [];
  if (names.some((name) => name.endsWith('.safetensors'))) return undefined;
  const all = names.filter(isGguf);
  const models = all.some(isGgufModel) ? all.filter(isGgufModel) : all;
  const [first] = models.toSorted();
  if (first === undefined) return undefined;
  if (new Set(models.map(wholeName)).size > 1) {
    fail('source-several', {
      who: folder.name,
      message: 'there are several models here; choose the file of one',
      expected: 'one .gguf file',
      got: models.slice(0, 8).join(', '),
    });
  }
  const parts: ByteSource[] = [];
  for (const name of partNames(first)) {
    const part = await folder.open(name, signal);
    if (part === undefined) {
      return fail('source-missing', {
        who: folder.name,
        message: partNames(first).length > 1 ? 'a part of a split model is missing' : 'a file is missing',
        expected: name,
        got: 'no such file',
      });
    }
    parts.push(part);
  }
  return parts;
}
