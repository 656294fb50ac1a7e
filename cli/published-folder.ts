/**
 * A storage for one model whose files are at the top of a folder. `linnet convert` writes this layout, and a server can
 * publish it. Removes the store's `models/NAME~1/` prefix from every path.
 */
import { mkdir, readdir } from 'node:fs/promises';
import { fail, type Storage } from '../engine/index.ts';
import { nodeStorage } from './node-files.ts';

const FOLDER = 'model';
const JOURNAL = 'import.jsonl';

/** Throws `request-invalid` for a folder that contains anything but an interrupted conversion. */
export async function publishedFolder(path: string): Promise<Storage> {
  await mkdir(path, { recursive: true });
  const existing = await readdir(path);
  if (existing.length > 0 && !existing.includes(JOURNAL)) {
    fail('request-invalid', {
      who: path,
      message: 'the folder is not empty',
      expected: 'a new or empty folder',
      got: existing.slice(0, 5).join(', '),
    });
  }
  const files = nodeStorage(path);
  const inside = (name: string) => name.split('/').slice(2).join('/');
  return {
    ...files,
    open: (name) => files.open(inside(name)),
    create: (name) => files.create(inside(name)),
    reopen: (name) => files.reopen(inside(name)),
    list: async () => ((await readdir(path)).length > 0 ? [FOLDER] : []),
    async remove(name) {
      const file = inside(name);
      // A conversion has written all files in this folder.
      for (const each of file === '' ? await readdir(path) : [file]) await files.remove(each);
    },
  };
}
