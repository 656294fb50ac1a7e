/**
 * File access in Node for the engine: a folder as a checkpoint, and a folder as the storage of a model store.
 * Not here: URLs (the engine's `httpFolder`).
 */
import { type FileHandle, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import {
  ggufName,
  partNames,
  type ByteSource,
  type CheckpointFolder,
  fail,
  type FileWriter,
  type Storage,
} from '../engine/index.ts';

/** Bytes per read when streaming. */
const CHUNK_BYTES = 2 * 1024 * 1024;

/** A folder as a checkpoint. */
export function nodeFolder(path: string): CheckpointFolder {
  return {
    name: basename(resolve(path)),
    open: (file) => nodeSource(join(path, file), file),
    list: () => readdir(path).catch(() => []),
  };
}

/** A single file as a checkpoint: a GGUF file contains everything, but for the other parts of a split one beside it. */
export function nodeFile(path: string): CheckpointFolder {
  const name = basename(path);
  const parts = partNames(name);
  return {
    name: ggufName(name) ?? name.replace(/\.\w+$/, ''),
    open: async (file) => (parts.includes(file) ? await nodeSource(join(dirname(path), file)) : undefined),
    list: async () => [name],
  };
}

/** Opens a file as a byte source. Returns undefined if it does not exist. Reads throw `source-read`. */
export async function nodeSource(path: string, name = basename(path)): Promise<ByteSource | undefined> {
  const facts = await stat(path).catch(() => undefined);
  if (facts?.isFile() !== true) return undefined;
  const read = async (offset: number, length: number): Promise<Uint8Array> => {
    const file = await open(path, 'r');
    try {
      const bytes = new Uint8Array(length);
      await readFully(file, bytes, offset, name);
      return bytes;
    } finally {
      await file.close();
    }
  };
  return {
    name,
    size: facts.size,
    tag: String(facts.mtimeMs),
    read,
    async *stream(offset, length) {
      for (let at = 0; at < length; at += CHUNK_BYTES)
        yield await read(offset + at, Math.min(CHUNK_BYTES, length - at));
    },
  };
}

async function readFully(file: FileHandle, bytes: Uint8Array, offset: number, who: string): Promise<void> {
  let got = 0;
  while (got < bytes.length) {
    const { bytesRead } = await file.read(bytes, got, bytes.length - got, offset + got);
    if (bytesRead === 0)
      fail('source-read', { who, message: 'the file ends early', expected: bytes.length, got });
    got += bytesRead;
  }
}

/** A folder as a storage. Writing throws `store-full` or `store-damaged`. */
export function nodeStorage(root: string): Storage {
  return {
    open: (path) => nodeSource(join(root, path), path),
    async create(path) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      return nodeWriter(await open(join(root, path), 'w+'), path);
    },
    async reopen(path) {
      const file = await open(join(root, path), 'r+').catch((cause: unknown) => refuse(path, cause));
      return nodeWriter(file, path);
    },
    remove: (path) => rm(join(root, path), { recursive: true, force: true }),
    list: (folder) => readdir(join(root, folder)).catch(() => []),
    estimate: async () => undefined,
  };
}

function nodeWriter(file: FileHandle, path: string): FileWriter {
  return {
    async write(offset, bytes) {
      await file.write(bytes, 0, bytes.length, offset).catch((cause: unknown) => refuse(path, cause));
    },
    async read(offset, length) {
      const bytes = new Uint8Array(length);
      await readFully(file, bytes, offset, path);
      return bytes;
    },
    flush: () => file.datasync(),
    async close() {
      await file.sync();
      await file.close();
    },
  };
}

function refuse(path: string, cause: unknown): never {
  const full = (cause as NodeJS.ErrnoException).code === 'ENOSPC';
  fail(full ? 'store-full' : 'store-damaged', {
    who: path,
    message: full ? 'the disk is full' : 'the file cannot be written',
    got: String(cause),
    cause,
  });
}
