/**
 * Whether two stored models are the same one: weights by the checksums of their manifests, and config, tokenizer and
 * templates byte for byte. A name says nothing: loose files are all called `model`.
 */
import type { StoredTensor } from './manifest.ts';
import type { OpenModel } from './open-model.ts';
import { WEIGHTS_FILE } from './weight-reader.ts';

export async function sameModel(a: OpenModel, b: OpenModel): Promise<boolean> {
  if (weightsOf(a) !== weightsOf(b)) return false;
  const names = filesOf(a);
  if (names.join() !== filesOf(b).join()) return false;
  for (const name of names) {
    // A damaged model is not the same as a whole one.
    const one = await a.file(name).catch(() => undefined);
    const other = await b.file(name).catch(() => undefined);
    if (one === undefined || one.size !== other?.size) return false;
    const [left, right] = await Promise.all([one.read(0, one.size), other.read(0, other.size)]);
    if (left.some((byte, i) => byte !== right[i])) return false;
  }
  return true;
}

/** Names, types, shapes and checksums; not where they lie in the file. */
function weightsOf({ manifest }: OpenModel): string {
  const facts = ({ name, dtype, shape, sections }: StoredTensor) =>
    JSON.stringify([name, dtype, shape, sections.map(({ bytes, checksum }) => [bytes, checksum])]);
  return manifest.tensors.map(facts).sort().join();
}

const filesOf = ({ manifest }: OpenModel): string[] =>
  manifest.files.filter((name) => name !== WEIGHTS_FILE).sort();
