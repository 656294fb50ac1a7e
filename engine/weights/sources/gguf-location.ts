/** Finds a GGUF file in a folder. */
import { fail } from '../../base/errors.ts';
import type { ByteSource, CheckpointFolder } from './byte-source.ts';

const GGUF = /\.gguf$/i;

/**
 * Opens the GGUF file of a folder without safetensors; undefined if there is none or the folder cannot be listed.
 * Throws `source-several` for more than one.
 */
export async function findGguf(
  folder: CheckpointFolder,
  signal?: AbortSignal,
): Promise<ByteSource | undefined> {
  const names = (await folder.list?.()) ?? [];
  const found = names.filter((name) => GGUF.test(name));
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
