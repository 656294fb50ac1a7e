/**
 * Storage on the browser's disk: the origin private file system (OPFS). The only module that uses it.
 *
 * A worker writes in place through a synchronous handle. Elsewhere a writable stream is used, which the browser copies
 * into place when it is closed. Both read slices of the file.
 */
import { fail } from '../../base/errors.ts';
import { blobSource } from '../sources/file-source.ts';
import type { FileWriter, Storage } from './storage.ts';

/** The part of a synchronous handle used here; TypeScript's DOM library lacks it. */
interface SyncHandle {
  write(bytes: Uint8Array, options: { at: number }): number;
  read(bytes: Uint8Array, options: { at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}
type FileHandle = FileSystemFileHandle & { createSyncAccessHandle?(): Promise<SyncHandle> };
type Folder = FileSystemDirectoryHandle & { keys(): AsyncIterable<string> };

/** A browser's own copy of a file that is open for writing outside a worker; it cannot be removed. */
const SWAP_FILE = '.crswap';
const LOCK_RETRY_MS = 50;
const LOCK_TIMEOUT_MS = 3000;

/** Opens the storage in the folder `root` of the origin's file system. Throws `store-damaged` if there is none. */
export async function opfsStorage(root: string): Promise<Storage> {
  const top = await guarded(root, () => navigator.storage.getDirectory());
  const base = (await guarded(root, () => top.getDirectoryHandle(root, { create: true }))) as Folder;
  return {
    async open(path) {
      const handle = await find(base, path);
      return handle === undefined ? undefined : blobSource(await guarded(path, () => handle.getFile()), path);
    },
    create: (path) => writer(base, path, true),
    reopen: (path) => writer(base, path, false),
    async remove(path) {
      const [folder, name] = await parent(base, path, false);
      if (folder === undefined) return;
      await folder
        .removeEntry(name, { recursive: true })
        .catch((error: unknown) => ignoreMissing(error, path));
    },
    async list(path) {
      const [folder, name] = await parent(base, path, false);
      const found = await folder
        ?.getDirectoryHandle(name)
        .catch((error: unknown) => ignoreMissing(error, path));
      const names: string[] = [];
      if (found === undefined) return names;
      for await (const key of (found as Folder).keys()) if (!key.endsWith(SWAP_FILE)) names.push(key);
      return names;
    },
    async estimate() {
      const { usage, quota } = await navigator.storage.estimate();
      return usage === undefined || quota === undefined ? undefined : { usage, quota };
    },
  };
}

/** Removes everything in the storage `root`, whatever is there; does nothing if there is none. */
export async function eraseOpfs(root: string): Promise<void> {
  const top = await guarded(root, () => navigator.storage.getDirectory());
  await top.removeEntry(root, { recursive: true }).catch((error: unknown) => ignoreMissing(error, root));
}

async function writer(base: Folder, path: string, fresh: boolean): Promise<FileWriter> {
  const [folder, name] = await parent(base, path, fresh);
  const handle = (await guarded(path, async () => {
    if (folder === undefined) throw new DOMException('a folder is missing', 'NotFoundError');
    return await folder.getFileHandle(name, { create: fresh });
  })) as FileHandle;
  if (handle.createSyncAccessHandle === undefined) return streamWriter(handle, path, fresh);
  const file = await guarded(path, () => unlocked(() => handle.createSyncAccessHandle!()));
  if (fresh) file.truncate(0);
  return {
    write: (offset, bytes) =>
      guarded(path, async () => {
        const written = file.write(bytes, { at: offset });
        // On a full disk some browsers write fewer bytes instead of failing.
        if (written !== bytes.length) full(path, bytes.length, written);
      }),
    read: (offset, length) =>
      guarded(path, async () => {
        const bytes = new Uint8Array(length);
        const got = file.read(bytes, { at: offset });
        return got === length ? bytes : tooShort(path, length, got);
      }),
    flush: () => guarded(path, async () => file.flush()),
    close: () =>
      guarded(path, async () => {
        file.flush();
        file.close();
      }),
  };
}

/** The file changes only at `close`, so an interrupted import starts over, and nothing can be read back before. */
async function streamWriter(handle: FileHandle, path: string, fresh: boolean): Promise<FileWriter> {
  const stream = await guarded(path, () => handle.createWritable({ keepExistingData: !fresh }));
  return {
    write: (offset, bytes) =>
      guarded(path, () =>
        stream.write({ type: 'write', position: offset, data: bytes as Uint8Array<ArrayBuffer> }),
      ),
    read: async (_, length) => tooShort(path, length, 0),
    flush: async () => {},
    close: () => guarded(path, () => stream.close()),
  };
}

/** Retries while the file is locked: a terminated worker keeps its locks for a moment. */
async function unlocked<T>(open: () => Promise<T>): Promise<T> {
  for (let waited = 0; ; waited += LOCK_RETRY_MS) {
    try {
      return await open();
    } catch (error) {
      if (nameOf(error) !== 'NoModificationAllowedError' || waited >= LOCK_TIMEOUT_MS) throw error;
      await new Promise((resolve) => setTimeout(resolve, LOCK_RETRY_MS));
    }
  }
}

/** Returns the parent folder of a path and its last name; undefined if a folder of the path is missing. */
async function parent(base: Folder, path: string, make: boolean): Promise<[Folder | undefined, string]> {
  const steps = path.split('/');
  const name = steps.pop() as string;
  let folder: Folder | undefined = base;
  for (const step of steps) {
    folder = (await folder.getDirectoryHandle(step, { create: make }).catch((error: unknown) => {
      if (make) return refuse(error, path);
      return ignoreMissing(error, path);
    })) as Folder | undefined;
    if (folder === undefined) break;
  }
  return [folder, name];
}

async function find(base: Folder, path: string): Promise<FileSystemFileHandle | undefined> {
  const [folder, name] = await parent(base, path, false);
  return await folder?.getFileHandle(name).catch((error: unknown) => ignoreMissing(error, path));
}

async function guarded<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    return refuse(error, path);
  }
}

function ignoreMissing(error: unknown, path: string): undefined {
  if (nameOf(error) === 'NotFoundError' || nameOf(error) === 'TypeMismatchError') return undefined;
  return refuse(error, path);
}

function refuse(error: unknown, path: string): never {
  if (nameOf(error) === 'EngineError') throw error;
  if (nameOf(error) === 'QuotaExceededError') {
    fail('store-full', {
      who: path,
      message: 'there is no space left for this model',
      got: String(error),
      cause: error,
    });
  }
  fail('store-damaged', {
    who: path,
    message: 'the browser cannot open this file',
    got: String(error),
    cause: error,
  });
}

function full(path: string, expected: number, got: number): never {
  fail('store-full', {
    who: path,
    message: 'there is no space left for this model',
    expected: `${expected} bytes`,
    got: `${got} bytes`,
  });
}

function tooShort(path: string, expected: number, got: number): never {
  fail('store-damaged', {
    who: path,
    message: 'what was written cannot be read back',
    expected: `${expected} bytes`,
    got: `${got} bytes`,
  });
}

function nameOf(error: unknown): string {
  return error instanceof Error || error instanceof DOMException ? error.name : '';
}
