/** Sources of bytes in memory: for tests, and for small files. */
import { fail } from '../../base/errors.ts';
import { type ByteSource, type CheckpointFolder, inPieces } from './byte-source.ts';

/** Returns a source of `bytes`, whose reads are views of them. Throws `source-read` past the end. */
export function memorySource(name: string, bytes: Uint8Array): ByteSource {
  const read = async (offset: number, length: number) => {
    requireRange(name, bytes.length, offset, length);
    return bytes.subarray(offset, offset + length);
  };
  return {
    name,
    size: bytes.length,
    read,
    stream: (offset, length, signal) => inPieces(read, offset, length, signal),
  };
}

/** Returns a folder with these files; strings become UTF-8. */
export function memoryFolder(
  name: string,
  files: Readonly<Record<string, Uint8Array | string>>,
): CheckpointFolder {
  return {
    name,
    list: async () => Object.keys(files),
    async open(file) {
      const content = Object.hasOwn(files, file) ? files[file] : undefined;
      if (content === undefined) return undefined;
      return memorySource(file, typeof content === 'string' ? new TextEncoder().encode(content) : content);
    },
  };
}

/** Throws `source-read` unless [offset, offset + length) is inside `size` bytes. */
export function requireRange(name: string, size: number, offset: number, length: number): void {
  if (offset < 0 || length < 0 || offset + length > size) {
    fail('source-read', {
      who: name,
      where: `byte ${offset}`,
      message: 'the file ends before the requested bytes',
      expected: `${offset + length} bytes`,
      got: `${size} bytes`,
    });
  }
}
