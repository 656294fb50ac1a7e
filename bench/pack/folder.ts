/** What lies in a packed benchmark, how large it is, and what it may be. */
import { createReadStream, createWriteStream, existsSync, readdirSync, statSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { Missing } from '../../scripts/setup/machine.mjs';

export interface File {
  /** Relative to the folder. */
  readonly path: string;
  readonly bytes: number;
}

/** What every packed folder has at its top. */
const OURS = 'run.sh';

/** Empties a folder that an earlier run made; refuses any other that is not empty. */
export async function freshFolder(folder: string): Promise<void> {
  const there = existsSync(folder) ? readdirSync(folder) : [];
  if (there.length > 0 && !there.includes(OURS)) {
    throw new Missing(`--out ${folder} holds other files (${there[0]}): name a new or empty folder.`);
  }
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
}

/** Every Linux can unpack gzip. */
export async function compress(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await pipeline(createReadStream(from), createGzip({ level: 9 }), createWriteStream(to));
}

/** Largest first. */
export function filesOf(folder: string): File[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ path: relative(folder, file), bytes: statSync(file).size }))
    .toSorted((a, b) => b.bytes - a.bytes);
}

/** One line for each file and one for all. @throws Missing when they are more than `most` bytes */
export function sizes(files: readonly File[], most: number): string {
  const mb = (bytes: number) => `${(bytes / 1e6).toFixed(2).padStart(7)} MB`;
  const all = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const lines = files.map(({ path, bytes }) => `${mb(bytes)}  ${path}\n`).join('');
  const table = `${lines}${mb(all)}  of at most ${most / 1e6} MB\n`;
  if (all > most) throw new Missing(`${table}The folder is too large to be carried: leave something out.`);
  return table;
}
