/**
 * Tests whether two stored models are equal: compares weights by the checksums of their manifests, and config,
 * tokenizer and templates byte for byte. Names are ignored, since all loose files are called `model`.
 */
import type { StoredTensor } from './manifest.ts';
import type { StoredFiles } from './open-model.ts';
import { WEIGHTS_FILE } from './weight-reader.ts';

/** Reads the small files of both, no weights. A model with a missing file equals no other. */
export async function sameModel(a: StoredFiles, b: StoredFiles): Promise<boolean> {
  if (weightsOf(a) !== weightsOf(b)) return false;
  const names = filesOf(a);
  if (names.join() !== filesOf(b).join()) return false;
  for (const name of names) {
    // A damaged model does not equal a whole one.
    const one = await a.file(name).catch(() => undefined);
    const other = await b.file(name).catch(() => undefined);
    if (one === undefined || one.size !== other?.size) return false;
    const [left, right] = await Promise.all([one.read(0, one.size), other.read(0, other.size)]);
    if (left.some((byte, i) => byte !== right[i])) return false;
  }
  return true;
}

/** Names, types, shapes and checksums, without offsets. */
function weightsOf({ manifest }: StoredFiles): string {
  const facts = ({ name, dtype, shape, sections }: StoredTensor) =>
    JSON.stringify([name, dtype, shape, sections.map(({ bytes, checksum }) => [bytes, checksum])]);
  return manifest.tensors.map(facts).sort().join();
}

const filesOf = ({ manifest }: StoredFiles): string[] =>
  manifest.files.filter((name) => name !== WEIGHTS_FILE).sort();
