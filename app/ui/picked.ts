/**
 * Files from a folder picker, a file picker or a drop, with their paths. Only what a checkpoint consists of is taken:
 * dropping a folder with a repository's history in it is no reason to send thousands of files.
 */
import type { PickedFile } from '../protocol/files.ts';

const WANTED = /\.(json|safetensors|gguf|jinja|model|txt)$/i;
/** Folders below this are not looked into; the checkpoint lies at the top, or one below. */
const DEPTH = 2;

export interface Picked {
  /** The folder's name, or empty. */
  readonly name: string;
  readonly files: PickedFile[];
}

export function fromFileList(list: Iterable<File>): Picked {
  const files = [...list]
    .map((file) => ({ path: file.webkitRelativePath || file.name, file }))
    .filter(({ path }) => WANTED.test(path));
  return { name: commonFolder(files.map(({ path }) => path)), files };
}

function commonFolder(paths: readonly string[]): string {
  const first = paths[0]?.split('/') ?? [];
  return first.length > 1 && paths.every((path) => path.startsWith(`${first[0]}/`)) ? first[0]! : '';
}

/** Undefined where the person closed the picker. */
export async function pickFolder(): Promise<Picked | undefined> {
  const { showDirectoryPicker: show } = window as Window & {
    showDirectoryPicker?: () => Promise<FileSystemDirectoryHandle>;
  };
  if (show === undefined) return undefined;
  try {
    const handle = await show.call(window);
    return { name: handle.name, files: await filesOf(handle, handle.name, DEPTH) };
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
    if (entry.kind === 'file') {
      if (WANTED.test(inside))
        found.push({ path: inside, file: await (entry as FileSystemFileHandle).getFile() });
    } else if (depth > 1)
      found.push(...(await filesOf(entry as FileSystemDirectoryHandle, inside, depth - 1)));
  }
  return found;
}

/** The entries must be taken during the drop event: afterwards the browser has forgotten them. */
export async function fromDrop(data: DataTransfer): Promise<Picked> {
  const entries = [...data.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const files = (await Promise.all(entries.map((entry) => filesOfEntry(entry, '', DEPTH)))).flat();
  return { name: commonFolder(files.map(({ path }) => path)), files };
}

async function filesOfEntry(entry: FileSystemEntry, above: string, depth: number): Promise<PickedFile[]> {
  const path = above === '' ? entry.name : `${above}/${entry.name}`;
  if (entry.isFile) {
    if (!WANTED.test(path)) return [];
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    return [{ path, file }];
  }
  if (depth === 0) return [];
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const inside: FileSystemEntry[] = [];
  for (;;) {
    // At most a hundred at a time; an empty answer is the end.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) break;
    inside.push(...some);
  }
  return (await Promise.all(inside.map((next) => filesOfEntry(next, path, depth - 1)))).flat();
}
