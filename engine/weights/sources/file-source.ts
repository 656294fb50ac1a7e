/**
 * Files that a person chose: a picker, a folder picker, drag and drop. Nothing is read before it is asked for.
 *
 * The checkpoint may lie at the top of what was chosen or in a folder below (choosing `models/` that holds one model
 * is an easy slip); the shallowest folder with a model in it counts. In the cache of the Hugging Face tools,
 * `models--org--name/snapshots/COMMIT/`, several commits of one model may lie side by side: the newest counts.
 */
import { fail } from '../../base/errors.ts';
import { ggufName } from './gguf-location.ts';
import { type ByteSource, type CheckpointFolder, inPieces } from './byte-source.ts';
import { requireRange } from './memory-source.ts';

export function blobSource(blob: Blob, name: string): ByteSource {
  const read = async (offset: number, length: number) => {
    requireRange(name, blob.size, offset, length);
    try {
      return new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer());
    } catch (cause) {
      // The browser says so when a file was changed, moved or unplugged after it was chosen.
      return fail('source-read', {
        who: name,
        message: 'the file can no longer be read',
        got: String(cause),
        cause,
      });
    }
  };
  return {
    name,
    size: blob.size,
    ...('lastModified' in blob ? { tag: String(blob.lastModified) } : {}),
    read,
    stream: (offset, length, signal) => inPieces(read, offset, length, signal),
  };
}

/** A file with the path it was found under; plain `File`s carry theirs in `webkitRelativePath`. */
export interface NamedFile {
  readonly path: string;
  readonly file: Blob;
}

export function folderFromFiles(files: Iterable<File | NamedFile>, name?: string): CheckpointFolder {
  const all = [...files].map((f) =>
    'path' in f && 'file' in f ? f : { path: pathOf(f as File), file: f as File },
  );
  const root = checkpointRoot(all);
  const byName = new Map<string, Blob>();
  for (const { path, file } of all) {
    if (folderOf(path) === root) byName.set(path.slice(root === '' ? 0 : root.length + 1), file);
  }
  const gguf = [...byName.keys()].map(ggufName).find((found) => found !== undefined);
  return {
    name: (nameOf(root) || gguf) ?? name ?? 'model',
    list: async () => [...byName.keys()],
    async open(file) {
      const blob = byName.get(file);
      return blob === undefined ? undefined : blobSource(blob, file);
    },
  };
}

function pathOf(file: File): string {
  return file.webkitRelativePath || file.name;
}

function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}

/** Files that only lie where a model lies: those of a checkpoint, of WebLLM, and of llama.cpp. */
const MARKS = /(?:^|\/)(?:config\.json|mlc-chat-config\.json|[^/]+\.gguf)$/i;
/** A commit in the cache of the Hugging Face tools. */
const SNAPSHOT = /(?:^|\/)models--([^/]+)\/snapshots\/[^/]+$/;

/** The shallowest folder with a model in it; throws `source-several`. */
function checkpointRoot(files: readonly NamedFile[]): string {
  const top = files.map(({ path }) => folderOf(path)).sort((a, b) => depth(a) - depth(b))[0] ?? '';
  const marks = files.filter(({ path }) => MARKS.test(path));
  const least = Math.min(...marks.map(({ path }) => depth(folderOf(path))));
  const newest = marks
    .filter(({ path }) => depth(folderOf(path)) === least)
    .sort((a, b) => changedAt(b.file) - changedAt(a.file));
  const roots = [...new Set(newest.map(({ path }) => folderOf(path)))];
  const caches = new Set(roots.map((root) => SNAPSHOT.exec(root)?.[1]));
  const oneCache = caches.size === 1 && !caches.has(undefined);
  if (roots.length > 1 && !oneCache) {
    fail('source-several', {
      who: top === '' ? 'the chosen files' : top,
      message: 'several models lie here; choose the folder of one',
      expected: 'one config.json',
      got: roots.slice(0, 8).join(', '),
    });
  }
  // Without any of them the reader of the checkpoint says what is missing.
  return roots[0] ?? top;
}

const changedAt = (file: Blob): number => ('lastModified' in file ? Number(file.lastModified) : 0);

/** `models--org--name/snapshots/COMMIT` is `org/name`; other folders have a name of their own, or none. */
function nameOf(root: string): string {
  const cached = SNAPSHOT.exec(root)?.[1];
  return cached === undefined ? (root.split('/').pop() ?? '') : cached.replace('--', '/');
}

function depth(folder: string): number {
  return folder === '' ? 0 : folder.split('/').length;
}
