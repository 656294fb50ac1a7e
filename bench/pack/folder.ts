/** The output folder of a packed benchmark: its files, their sizes, and the size limit. */
import { createReadStream, createWriteStream, existsSync, readdirSync, statSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { Missing } from '../../scripts/setup/machine.mjs';

export interface PackedFile {
  /** Relative to the folder. */
  readonly path: string;
  readonly bytes: number;
}

/** A file at the top of every packed folder. */
const MARKER = 'run.sh';

/** Empties a folder that an earlier run created. Throws `Missing` for any other folder that is not empty. */
export async function freshFolder(folder: string): Promise<void> {
  const existing = existsSync(folder) ? readdirSync(folder) : [];
  if (existing.length > 0 && !existing.includes(MARKER)) {
    throw new Missing(`--out ${folder} holds other files (${existing[0]}): choose a new or empty folder.`);
  }
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
}

/** Compresses a file with gzip, which every Linux system can unpack. */
export async function compress(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await pipeline(createReadStream(from), createGzip({ level: 9 }), createWriteStream(to));
}

/** All files in a folder, largest first. */
export function filesOf(folder: string): PackedFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ path: relative(folder, file), bytes: statSync(file).size }))
    .toSorted((a, b) => b.bytes - a.bytes);
}

/** Formats one line per file and one for the total. Throws `Missing` if the total exceeds `limit` bytes. */
export function sizes(files: readonly PackedFile[], limit: number): string {
  const mb = (bytes: number) => `${(bytes / 1e6).toFixed(2).padStart(7)} MB`;
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const lines = files.map(({ path, bytes }) => `${mb(bytes)}  ${path}\n`).join('');
  const table = `${lines}${mb(total)}  of at most ${limit / 1e6} MB\n`;
  if (total > limit)
    throw new Missing(`${table}The folder exceeds the size limit: remove something from it.`);
  return table;
}
