/**
 * Collects files from a folder picker, a file picker or a drop, with their paths. Keeps only files that a model
 * consists of: a checkpoint, the format of Linnet's store (`weights.bin`) or WebLLM's (`params_shard_*.bin`). A dropped
 * repository may contain its history, thousands of files that need not be sent.
 */
import type { PickedFile } from '../../protocol/files.ts';
import { fromBlobs } from './hub-cache.ts';

const WANTED = /\.(json|safetensors|gguf|jinja|model|txt|bin)$/i;
/**
 * Levels of folders that are searched. A model is at the top or one level below, in the cache of the Hugging Face tools
 * three levels below: `hub/models--org--name/snapshots/COMMIT/`.
 */
const DEPTH = 4;
/** Hidden files and folders of repositories and operating systems; they contain no models. */
const HIDDEN = /(?:^|\/)\./;

export interface PickedFiles {
  /** Name of the folder; empty for loose files. */
  readonly name: string;
  readonly files: readonly PickedFile[];
  /** Paths of files that do not belong to a model. */
  readonly others: readonly string[];
}

export function fromFileList(list: Iterable<File>): Promise<PickedFiles> {
  return picked([...list].map((file) => ({ path: file.webkitRelativePath || file.name, file })));
}

async function picked(all: readonly PickedFile[]): Promise<PickedFiles> {
  const wanted = all.filter(({ path }) => WANTED.test(path) && !HIDDEN.test(path));
  const files = wanted.length > 0 ? wanted : await fromBlobs(all);
  const others = all.filter((each) => !files.includes(each)).map(({ path }) => path);
  return { name: commonFolder(files.map(({ path }) => path)), files, others };
}

function commonFolder(paths: readonly string[]): string {
  const first = paths[0]?.split('/') ?? [];
  return first.length > 1 && paths.every((path) => path.startsWith(`${first[0]}/`)) ? first[0]! : '';
}

/** Resolves to undefined if the person closed the picker or the browser has none. */
export async function pickFolder(): Promise<PickedFiles | undefined> {
  const { showDirectoryPicker: show } = window as Window & {
    showDirectoryPicker?: () => Promise<FileSystemDirectoryHandle>;
  };
  if (show === undefined) return undefined;
  try {
    const handle = await show.call(window);
    return { ...(await picked(await filesOf(handle, handle.name, DEPTH))), name: handle.name };
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return undefined;
    throw error;
  }
}

async function filesOf(
  folder: FileSystemDirectoryHandle,
  path: string,
  depth: number,
): Promise<PickedFile[]> {
  const found: PickedFile[] = [];
  for await (const entry of folder.values()) {
    const inside = `${path}/${entry.name}`;
    if (HIDDEN.test(inside)) continue;
    if (entry.kind === 'file')
      found.push({ path: inside, file: await (entry as FileSystemFileHandle).getFile() });
    else if (depth > 1) found.push(...(await filesOf(entry as FileSystemDirectoryHandle, inside, depth - 1)));
  }
  return found;
}

/** Must be called during the drop event: the browser clears the entries afterwards. */
export async function fromDrop(data: DataTransfer): Promise<PickedFiles> {
  const entries = [...data.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  // Some drags, such as one from another page, have files without entries.
  if (entries.length === 0) return fromFileList(data.files);
  return picked((await Promise.all(entries.map((entry) => filesOfEntry(entry, '', DEPTH)))).flat());
}

async function filesOfEntry(entry: FileSystemEntry, above: string, depth: number): Promise<PickedFile[]> {
  const path = above === '' ? entry.name : `${above}/${entry.name}`;
  if (HIDDEN.test(path)) return [];
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    return [{ path, file }];
  }
  if (depth === 0) return [];
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const inside: FileSystemEntry[] = [];
  for (;;) {
    // Returns at most a hundred entries per call; an empty result is the end.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) break;
    inside.push(...some);
  }
  return (await Promise.all(inside.map((next) => filesOfEntry(next, path, depth - 1)))).flat();
}
