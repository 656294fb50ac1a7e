/**
 * Files that a user chose by a file picker, a folder picker, or drag and drop. They are read on demand.
 *
 * The checkpoint may be in the chosen folder or in a subfolder, since users often choose a `models/` folder with one
 * model: the shallowest folder with a model is taken. The cache of the Hugging Face tools,
 * `models--org--name/snapshots/COMMIT/`, may contain several commits of a model: the newest is taken.
 */
import { fail } from '../../base/errors.ts';
import { ggufName, isGgufModel } from './gguf-names.ts';
import { type ByteSource, type CheckpointFolder, inPieces } from './byte-source.ts';
import { requireRange } from './memory-source.ts';

/** Reads a Blob or File. Throws `source-read` past its end, or if the file can no longer be read. */
export function blobSource(blob: Blob, name: string): ByteSource {
  const read = async (offset: number, length: number) => {
    requireRange(name, blob.size, offset, length);
    try {
      return new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer());
    } catch (cause) {
      // Browsers fail here if a file was changed, moved or unplugged after it was chosen.
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

/** A file with its path; a plain `File` has it in `webkitRelativePath`. */
export interface NamedFile {
  readonly path: string;
  readonly file: Blob;
}

/**
 * Makes a folder of the files beside the model. `name`: the default name. Throws `source-several` if the shallowest
 * level contains several models.
 */
export function folderFromFiles(files: Iterable<File | NamedFile>, name?: string): CheckpointFolder {
  const all = [...files].map((f) =>
    'path' in f && 'file' in f ? f : { path: pathOf(f as File), file: f as File },
  );
  const root = checkpointRoot(all);
  const byName = new Map<string, Blob>();
  for (const { path, file } of all) {
    const inside = path.slice(root === '' ? 0 : root.length + 1);
    if (folderOf(path) === root || (path.startsWith(root) && MODULE.test(inside))) byName.set(inside, file);
  }
  const names = [...byName.keys()];
  const gguf = ggufName(names.find(isGgufModel) ?? names[0] ?? '');
  return {
    name: (nameOf(root) || gguf) ?? name ?? 'model',
    list: async () => names,
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

/** A file of a module of sentence-transformers (formats/sentence-transformers.ts). */
const MODULE = /^\d{1,2}_\w{1,40}\/(?:config\.json|model\.safetensors)$/;
/** Files that mark a model's folder: of a checkpoint, of WebLLM, and of llama.cpp. */
const MARKS = /(?:^|\/)(?:config\.json|mlc-chat-config\.json|[^/]+\.gguf)$/i;
/** A commit's folder in the cache of the Hugging Face tools. */
const SNAPSHOT = /(?:^|\/)models--([^/]+)\/snapshots\/[^/]+$/;

/** Returns the shallowest folder with a model; throws `source-several`. */
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
      message: 'there are several models here; choose the folder of one',
      expected: 'one config.json',
      got: roots.slice(0, 8).join(', '),
    });
  }
  // If there is no model, opening the checkpoint reports what is missing.
  return roots[0] ?? top;
}

const changedAt = (file: Blob): number => ('lastModified' in file ? Number(file.lastModified) : 0);

/** `models--org--name/snapshots/COMMIT` → `org/name`; for other folders their own name, which may be empty. */
function nameOf(root: string): string {
  const cached = SNAPSHOT.exec(root)?.[1];
  return cached === undefined ? (root.split('/').pop() ?? '') : cached.replace('--', '/');
}

function depth(folder: string): number {
  return folder === '' ? 0 : folder.split('/').length;
}
