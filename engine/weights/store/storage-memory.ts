/** A storage in memory: for tests, and for the command line, which converts at each start. */
import { fail } from '../../base/errors.ts';
import { memorySource } from '../sources/memory-source.ts';
import type { FileWriter, Storage } from './storage.ts';

/** A storage whose contents can be inspected. */
export interface MemoryStorage extends Storage {
  /** Contents by path. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** Returns an empty storage. `quota`, in bytes, simulates a full disk: writes above it throw `store-full`. */
export function memoryStorage(quota = Number.POSITIVE_INFINITY): MemoryStorage {
  const files = new Map<string, Uint8Array>();
  /** Buffers larger than their contents, so that appending is not quadratic. */
  const buffers = new Map<string, Uint8Array>();
  const usage = () => [...files.values()].reduce((sum, f) => sum + f.length, 0);

  const write = (path: string, offset: number, bytes: Uint8Array) => {
    const before = files.get(path) ?? new Uint8Array(0);
    const size = Math.max(before.length, offset + bytes.length);
    if (usage() - before.length + size > quota) {
      fail('store-full', {
        who: path,
        message: 'there is no space left',
        expected: `${size} bytes`,
        got: `${quota} in all`,
      });
    }
    let buffer = buffers.get(path) ?? before;
    if (buffer.length < size) {
      const larger = new Uint8Array(Math.max(size, buffer.length * 2));
      larger.set(before);
      buffers.set(path, (buffer = larger));
    }
    buffer.set(bytes, offset);
    files.set(path, buffer.subarray(0, size));
  };

  const writer = (path: string): FileWriter => ({
    write: async (offset, bytes) => write(path, offset, bytes),
    read: async (offset, length) =>
      memorySource(path, files.get(path) ?? new Uint8Array(0)).read(offset, length),
    flush: async () => {},
    close: async () => {},
  });

  return {
    files,
    async open(path) {
      const bytes = files.get(path);
      return bytes === undefined ? undefined : memorySource(path, bytes);
    },
    async create(path) {
      files.set(path, new Uint8Array(0));
      buffers.delete(path);
      return writer(path);
    },
    async reopen(path) {
      if (files.has(path)) return writer(path);
      return fail('store-damaged', { who: path, message: 'a file is missing' });
    },
    async remove(path) {
      for (const name of [...files.keys()]) {
        if (name !== path && !name.startsWith(`${path}/`)) continue;
        files.delete(name);
        buffers.delete(name);
      }
    },
    async list(folder) {
      const under = [...files.keys()].filter((name) => name.startsWith(`${folder}/`));
      return [...new Set(under.map((name) => name.slice(folder.length + 1).split('/')[0] as string))];
    },
    estimate: async () => (Number.isFinite(quota) ? { usage: usage(), quota } : undefined),
  };
}
