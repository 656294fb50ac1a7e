/**
 * A folder of one model, its files at the top, as a store's storage: the form in which `linnet convert` writes a model
 * and a server gives it away. The store's `models/NAME~1/` is left out of every path.
 */
import { mkdir, readdir } from 'node:fs/promises';
import { fail, type Storage } from '../engine/index.ts';
import { nodeStorage } from './node-files.ts';

const FOLDER = 'model';
const JOURNAL = 'import.jsonl';

/** Refuses a folder that holds anything but a conversion that was cut off. */
export async function publishedFolder(path: string): Promise<Storage> {
  await mkdir(path, { recursive: true });
  const there = await readdir(path);
  if (there.length > 0 && !there.includes(JOURNAL)) {
    fail('request-invalid', {
      who: path,
      message: 'the folder is not empty',
      expected: 'a new or empty folder',
      got: there.slice(0, 5).join(', '),
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
      // All that lies here was written by a conversion.
      for (const each of file === '' ? await readdir(path) : [file]) await files.remove(each);
    },
  };
}
