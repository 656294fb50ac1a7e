/**
 * Files that a person chose: a picker, a folder picker, drag and drop. Nothing is read before it is asked for.
 *
 * The checkpoint may lie at the top of what was chosen or one folder below (choosing `models/` that holds
 * one model is an easy slip); the shallowest folder with a `config.json` counts.
 */
import { fail } from '../base/errors.ts';
import { ggufName } from './gguf/find.ts';
import { type ByteSource, type CheckpointFolder, inPieces } from './source.ts';
import { requireRange } from './source-memory.ts';

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
  const root = checkpointRoot(all.map((f) => f.path));
  const byName = new Map<string, Blob>();
  for (const { path, file } of all) {
    if (folderOf(path) === root) byName.set(path.slice(root === '' ? 0 : root.length + 1), file);
  }
  const gguf = [...byName.keys()].map(ggufName).find((found) => found !== undefined);
  return {
    name: name ?? (root.split('/').pop() || gguf || 'model'),
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

/** The folder of the shallowest config.json, at most one below the top of what was chosen. */
function checkpointRoot(paths: readonly string[]): string {
  const top = paths.map(folderOf).sort((a, b) => depth(a) - depth(b))[0] ?? '';
  const roots = paths.filter((p) => p.split('/').pop() === 'config.json').map(folderOf);
  const best = Math.min(...roots.map(depth));
  const nearest = roots.filter((r) => depth(r) === best && best <= depth(top) + 1);
  if (nearest.length > 1) {
    fail('request-invalid', {
      who: top === '' ? 'the chosen files' : top,
      message: 'several models lie here; choose the folder of one',
      expected: 'one config.json',
      got: nearest.map((r) => `${r}/config.json`).join(', '),
    });
  }
  // Without any config.json the reader of the checkpoint says what is missing.
  return nearest[0] ?? top;
}

function depth(folder: string): number {
  return folder === '' ? 0 : folder.split('/').length;
}
