/** Finds a GGUF file in a folder. */
import { fail } from '../../base/errors.ts';
import type { ByteSource, CheckpointFolder } from './byte-source.ts';

const GGUF = /\.gguf$/i;
/** Weights for pictures, which lie beside a model's own. */
const PICTURES = /(?:^|[\\/])mmproj[^\\/]*\.gguf$/i;
const PART = /-(\d{5})-of-(\d{5})\.gguf$/i;

/** The names of all parts of a split model, by the name of one; undefined for a file that is a whole model. */
export function partNames(name: string): string[] | undefined {
  const found = PART.exec(name);
  if (found === null) return undefined;
  const count = Math.min(Number(found[2]), 1000);
  const digits = (n: number) => String(n).padStart(5, '0');
  return Array.from({ length: count }, (_, i) =>
    name.replace(PART, `-${digits(i + 1)}-of-${digits(count)}.gguf`),
  );
}

/**
 * Opens the GGUF file of a folder without safetensors; undefined if there is none or the folder cannot be listed.
 * Throws `source-several` for more than one.
 */
export async function findGguf(
  folder: CheckpointFolder,
  signal?: AbortSignal,
): Promise<ByteSource | undefined> {
  const names = (await folder.list?.()) ?? [];
  const models = names.filter((name) => GGUF.test(name) && !PICTURES.test(name));
  const parts = models.filter((name) => PART.test(name));
  // The first part has the metadata; the others are opened with it.
  const isOneSplit = parts.length > 0 && new Set(parts.map((name) => name.replace(PART, ''))).size === 1;
  const found = isOneSplit && parts.length === models.length ? parts.toSorted().slice(0, 1) : models;
  const [first] = found;
  if (first === undefined || names.some((name) => name.endsWith('.safetensors'))) return undefined;
  if (found.length > 1) {
    fail('source-several', {
      who: folder.name,
      message: 'there are several models here; choose the file of one',
      expected: 'one .gguf file',
      got: found.slice(0, 8).join(', '),
    });
  }
  return await folder.open(first, signal);
}

/** `models/Qwen3-0.6B-Q8_0.gguf` → `Qwen3-0.6B-Q8_0`; undefined for other names. */
export function ggufName(path: string): string | undefined {
  const name = path.split(/[\\/]/).pop() ?? '';
  return GGUF.test(name) ? name.replace(GGUF, '') : undefined;
}

/** Returns a folder that contains only this file. */
export function onlyFile(
  file: string,
  open: (signal?: AbortSignal) => Promise<ByteSource | undefined>,
): CheckpointFolder {
  return {
    name: ggufName(file) ?? file,
    list: async () => [file],
    open: async (name, signal) => (name === file ? await open(signal) : undefined),
  };
}
